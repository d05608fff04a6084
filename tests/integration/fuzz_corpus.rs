//! Feeds the corpus of the fuzz targets to the functions that they call, and its inputs cut and changed.

use std::{collections::BTreeSet, error::Error, fs, path::Path};

use netabase_tests::fuzz::TARGETS;

#[test]
fn no_input_of_the_corpus_breaks_what_always_holds() -> Result<(), Box<dyn Error>> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    for (name, target) in TARGETS {
        let mut inputs = 0;
        for file in fs::read_dir(corpus.join(name))? {
            let bytes = fs::read(file?.path())?;
            target(&bytes);
            for at in (0..bytes.len()).step_by(bytes.len() / 64 + 1) {
                target(&bytes[..at]);
                let mut changed = bytes.clone();
                changed[at] ^= 1 << (at % 8);
                target(&changed);
            }
            inputs += 1;
        }
        assert!(inputs > 0, "the corpus of {name} has inputs");
    }
    let folders = fs::read_dir(&corpus)?.map(|entry| entry.map(|entry| entry.file_name()));
    let folders = folders.collect::<Result<BTreeSet<_>, _>>()?;
    let targets: BTreeSet<_> = TARGETS.iter().map(|(name, _)| (*name).into()).collect();
    assert_eq!(folders, targets, "each folder belongs to a target");
    Ok(())
}
