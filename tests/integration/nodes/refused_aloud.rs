//! What a node answers to a record that it refuses, byte by byte: other implementations read it, too.

use std::{error::Error, future::poll_fn, task::Poll};

use futures::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use libp2p::{
    Multiaddr, Transport,
    core::{
        Endpoint,
        muxing::{StreamMuxerBox, StreamMuxerExt, SubstreamBox},
        transport::{DialOpts, PortUse},
        upgrade::Version,
    },
    identity::Keypair,
    noise, tcp, yamux,
};

use super::{Outcome, in_time, on_loopback};

/// A connection without a swarm, in which a stream is opened.
async fn stream_to(address: Multiaddr) -> Result<SubstreamBox, Box<dyn Error>> {
    let mut transport = tcp::tokio::Transport::default()
        .upgrade(Version::V1)
        .authenticate(noise::Config::new(&Keypair::generate_ed25519())?)
        .multiplex(yamux::Config::default())
        .boxed();
    let address = address.iter().take(2).collect();
    let how = DialOpts { role: Endpoint::Dialer, port_use: PortUse::New };
    let (_, mut muxer) = transport.dial(address, how)?.await?;
    let stream = poll_fn(|context| muxer.poll_outbound_unpin(context)).await?;
    tokio::spawn(drive(muxer));
    Ok(stream)
}

/// Keeps a connection going; what the other side opens is closed again.
async fn drive(mut muxer: StreamMuxerBox) {
    poll_fn(|context| {
        while let Poll::Ready(opened) = muxer.poll_inbound_unpin(context) {
            if opened.is_err() {
                return Poll::Ready(());
            }
        }
        muxer.poll_unpin(context).map(drop)
    })
    .await;
}

/// Reads a message with its length before it, which is below 128.
async fn read_short(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<Vec<u8>> {
    let mut len = [0];
    stream.read_exact(&mut len).await?;
    let mut message = vec![0; len[0].into()];
    stream.read_exact(&mut message).await?;
    Ok(message)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_holds_a_value_that_is_not_the_sent_one() -> Outcome {
    in_time(async {
        let node = on_loopback().start().await?;
        let address = node.addresses().pop().ok_or("it listens")?;
        let mut stream = stream_to(address).await?;

        // Which protocol is spoken.
        stream.write_all(b"\x13/multistream/1.0.0\n\x19/netabase/test/kad/1.0.0\n").await?;
        stream.flush().await?;
        assert_eq!(read_short(&mut stream).await?, b"/multistream/1.0.0\n");
        assert_eq!(read_short(&mut stream).await?, b"/netabase/test/kad/1.0.0\n");
        // PUT_VALUE, which is 0, of a record (3) with a key (1) and a value (2).
        let record = b"\x0a\x04/bad\x12\x03bad";
        let put = [b"\x12\x04/bad\x1a", &[11][..], record].concat();
        stream.write_all(&[&[u8::try_from(put.len())?][..], &put].concat()).await?;
        stream.flush().await?;

        let answer = read_short(&mut stream).await?;

        // Not PUT_VALUE (the type, 1, would be left out), and another value.
        assert_eq!(answer[..2], [0x08, 0x01], "{answer:?}");
        let value = b"\x1a\x15\x12\x13refused:foreign-key";
        assert!(answer.windows(value.len()).any(|window| window == value), "{answer:?}");
        assert_eq!(node.counters().refused[netabase::RefusalReason::ForeignKey], 1);
        node.shutdown().await;
        Ok(())
    })
    .await
}
