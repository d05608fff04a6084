//! Every way in that an application has refuses what would not be read back.

use std::time::Duration;

use libp2p::kad::Record;
use netabase::{
    DatabaseError, NetabaseSchema, NetabaseStore, RecordError, RoundTripError, TransactionError,
    WriteError, value_to_bytes,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
#[netabase(access = "open")]
struct Item {
    #[netabase(key)]
    id: u8,
    details: Option<Value>,
}

fn item(id: u8, details: Option<Value>) -> Item {
    Item { id, details }
}

#[test]
fn all_of_them_refuse_it_before_anything_is_replaced() -> Result<(), DatabaseError> {
    let store = NetabaseStore::new();
    let items = store.database::<Item>()?;
    items.put(&item(1, None))?;
    let bad = item(1, Some(json!(7)));

    let loaded = items.load([item(2, None), bad.clone(), item(3, None)]);
    let in_transaction = store.transaction(|tx| match tx.put(&items, &bad) {
        Err(TransactionError::Write(refused)) => Ok(Err(refused)),
        done => done.map(Ok),
    })?;
    let refusals: [(&str, Result<(), WriteError>); 7] = [
        ("put", items.put(&bad).map(drop)),
        ("put_with_ttl", items.put_with_ttl(&bad, Some(Duration::from_secs(9))).map(drop)),
        ("put_batch", items.put_batch(&[item(4, None), bad.clone()])),
        ("transaction", in_transaction),
        ("to_record", items.to_record(&bad).map(drop)),
        ("value_to_bytes", value_to_bytes(&bad).map(drop).map_err(Into::into)),
        ("Record::try_from", Record::try_from(&bad).map(drop).map_err(Into::into)),
    ];

    for (way, refusal) in refusals {
        assert!(is_about_details(&refusal), "{way}: {refusal:?}");
    }
    let loaded = loaded.map_err(|error| (error.stored, Err(error.source)));
    assert!(matches!(&loaded, Err((1, refusal)) if is_about_details(refusal)), "{loaded:?}");
    let all = items.iter().collect::<Result<Vec<_>, _>>()?;
    assert_eq!(all, [item(1, None), item(2, None)], "nothing else was stored, nothing replaced");
    Ok(())
}

fn is_about_details(refusal: &Result<(), WriteError>) -> bool {
    let is = |error: &RoundTripError| error.field() == "details";
    matches!(refusal, Err(WriteError::Record(RecordError::RoundTrip(error))) if is(error))
}

/// What a schema's own function merges is checked as well.
#[test]
fn a_merged_value_that_would_not_be_read_back_is_refused() -> Result<(), DatabaseError> {
    fn with_details(a: &Merged, _: &Merged) -> Merged {
        Merged { details: Some(json!("merged")), ..a.clone() }
    }
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, NetabaseSchema)]
    #[netabase(merge = with_details)]
    struct Merged {
        #[netabase(key)]
        id: u8,
        number: u8,
        details: Option<Value>,
    }
    let merged = |number| Merged { id: 1, number, details: None };
    let (ours, theirs) = (NetabaseStore::new(), NetabaseStore::new());
    let (ours, theirs) = (ours.database::<Merged>()?, theirs.database::<Merged>()?);
    ours.put(&merged(1))?;
    theirs.put(&merged(2))?;
    let record = theirs.get_record(&1)?.expect("it was put");

    let refused = ours.put_record(&record);

    assert!(refused.is_err(), "{refused:?}");
    assert_eq!(ours.get(&1)?, Some(merged(1)));
    Ok(())
}
