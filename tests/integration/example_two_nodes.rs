//! Both roles of the example `two_nodes`.

use std::error::Error;

use netabase::NodeEvents;
use netabase_examples::two_nodes::{
    Arguments, CODES, Contact, First, OWN_CODE, Second, TwoNodesError,
};

use crate::nodes::{Outcome, in_time};

fn arguments(line: &str) -> Result<Arguments, TwoNodesError> {
    Arguments::parse(line.split_whitespace().map(str::to_owned))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_second_node_finds_what_the_first_published_and_the_first_is_sent_its_own() -> Outcome {
    in_time(async {
        let listen = arguments("")?.listen;
        let (mut first, airports) = First::start(&listen).await?;
        let mut events = first.events();
        let address = first.addresses().pop().ok_or("it listens")?;
        let contact = arguments(&address.to_string())?.contact.ok_or("it is an address")?;
        assert_eq!(contact.peer, first.peer_id());

        let second = Second::join(&contact, &listen).await?;
        for (code, airport) in CODES.into_iter().zip(airports) {
            assert_eq!(second.fetch(code).await?, Some(airport));
        }
        assert_eq!(second.fetch(OWN_CODE).await?, None, "the first has published no such airport");
        let published = second.publish().await?;

        let [(airport, report)] = &published[..] else { return Err("it was one".into()) };
        assert_eq!((report.holders(), report.found), (1, 1));
        assert_eq!(first.arrivals()?, [(second.peer_id(), airport.clone())]);
        assert_eq!(first.arrivals()?, [], "it is told once");
        let mut told = tell_until(&first, &mut events, "sent: 1 peer has it now", 5).await?;
        second.shutdown().await;
        told.extend(tell_until(&first, &mut events, "is gone", 1).await?);
        for what in ["is connected", "holds records from now on", "BIKF sent"] {
            assert!(told.iter().any(|line| line.contains(what)), "{what}: {told:#?}");
        }
        first.shutdown().await;
        Ok(())
    })
    .await
}

/// What the first node tells until so many lines have ended like this.
async fn tell_until(
    first: &First,
    events: &mut NodeEvents,
    end: &str,
    count: usize,
) -> Result<Vec<String>, Box<dyn Error>> {
    let mut told: Vec<String> = Vec::new();
    while told.iter().filter(|line| line.ends_with(end)).count() < count {
        let event = events.next().await.ok_or("the first node runs")?;
        told.extend(first.tell(&event));
    }
    Ok(told)
}

#[test]
fn an_address_that_is_wrong_is_refused_with_what_is_wrong() {
    let no_address = arguments("127.0.0.1:4001");
    assert!(matches!(no_address, Err(TwoNodesError::NotAnAddress { .. })), "{no_address:?}");
    let nobody: Result<Contact, _> = "/ip4/127.0.0.1/tcp/4001".parse();
    assert!(matches!(nobody, Err(TwoNodesError::NoPeer { .. })), "{nobody:?}");
    let whole = "/ip4/127.0.0.1/tcp/4001/p2p/12D3KooWGEYVEHxZ3u8nDHYTDHHDXLCgmM6sE3LDmhHQ1YKiSbHx";
    assert!(arguments(whole).is_ok_and(|arguments| arguments.contact.is_some()));
    let cut = arguments(&whole[..whole.len() - 3]);
    assert!(matches!(cut, Err(TwoNodesError::NotAnAddress { .. })), "{cut:?}");
    let two = arguments(&format!("{whole} {whole}"));
    assert!(matches!(two, Err(TwoNodesError::TooMany { .. })), "{two:?}");
    assert!(matches!(arguments("--listen"), Err(TwoNodesError::NoListenAddress)));
}
