//! Waiting for progress, not for a sum of seconds: a machine that is busy makes a test slow, not red.
//!
//! A wait is given up once nothing that it looks at has changed for [`QUIET`], and after [`AT_MOST`] in any case. It
//! then says which line of which test waited, and what it saw last.

use std::{
    error::Error,
    fmt,
    fmt::{Debug, Display},
    fs,
    future::{Future, poll_fn},
    panic::Location,
    path::Path,
    pin::pin,
    task::Poll,
    time::Duration,
};

use tokio::time::{Instant, interval, sleep, timeout};

/// A wait ends in vain once nothing has changed for so long.
const QUIET: Duration = Duration::from_secs(60);

/// A wait ends in vain after so long, however much changes.
const AT_MOST: Duration = Duration::from_secs(600);

/// How often something is looked at that does not tell when it changes.
const LOOK: Duration = Duration::from_millis(50);

/// Why a wait was given up: who waited, for how long, and what was seen.
pub(crate) struct InVain {
    at: &'static Location<'static>,
    waited: Duration,
    quiet: Duration,
    seen: String,
}

impl Error for InVain {}

impl Display for InVain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, waited, quiet, seen } = self;
        let (file, line) = (at.file(), at.line());
        let [waited, quiet] = [waited, quiet].map(Duration::as_secs);
        write!(f, "{file}:{line} waited {waited} s, the last {quiet} s without a change")?;
        write!(f, ", for\n    {}\nand saw {seen}", source_line(at).unwrap_or_default())
    }
}

/// As `Display`: it is what a test that returns an error prints.
impl Debug for InVain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

/// Reads the line that waited: it says what for, in the words of the test.
fn source_line(at: &Location<'_>) -> Option<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
    let text = fs::read_to_string(root.join(at.file())).ok()?;
    let line = text.lines().nth(usize::try_from(at.line()).ok()?.checked_sub(1)?)?;
    Some(line.trim().to_owned())
}

/// One wait: what it has seen, and since when that is the same.
#[derive(Debug)]
pub(crate) struct Patience {
    at: &'static Location<'static>,
    begun: Instant,
    changed: Instant,
    seen: String,
}

impl Patience {
    /// Begins a wait of the caller's.
    #[track_caller]
    pub(crate) fn new() -> Self {
        Self::at(Location::caller())
    }

    pub(crate) fn at(at: &'static Location<'static>) -> Self {
        let now = Instant::now();
        Self { at, begun: now, changed: now, seen: "nothing".to_owned() }
    }

    /// Notes what is seen now. If it is not what was seen before, there is time anew.
    pub(crate) fn see(&mut self, seen: impl Debug) {
        let seen = format!("{seen:?}");
        if seen != self.seen {
            self.seen = seen;
            self.changed = Instant::now();
        }
    }

    /// Waits for something while there is time.
    pub(crate) async fn wait<T>(&self, something: impl Future<Output = T>) -> Result<T, InVain> {
        let end = (self.changed + QUIET).min(self.begun + AT_MOST);
        let left = end.saturating_duration_since(Instant::now());
        timeout(left, something).await.map_err(|_| self.in_vain())
    }

    /// Notes what is seen now, and waits a moment until it is worth a look again.
    pub(crate) async fn look_again(&mut self, seen: impl Debug) -> Result<(), InVain> {
        self.see(seen);
        self.wait(sleep(LOOK)).await
    }

    fn in_vain(&self) -> InVain {
        let (waited, quiet) = (self.begun.elapsed(), self.changed.elapsed());
        InVain { at: self.at, waited, quiet, seen: self.seen.clone() }
    }
}

/// Looks at something until it is as it should be, and returns it.
#[track_caller]
pub(crate) fn until_seen<S: Debug>(
    mut look: impl FnMut() -> S,
    is_so: impl Fn(&S) -> bool,
) -> impl Future<Output = Result<S, InVain>> {
    let mut patience = Patience::new();
    async move {
        let mut ticks = interval(LOOK);
        loop {
            let seen = look();
            if is_so(&seen) {
                return Ok(seen);
            }
            patience.see(seen);
            patience.wait(ticks.tick()).await?;
        }
    }
}

/// Runs a whole test, and gives it up once nothing that it awaits has moved for twice [`QUIET`].
#[track_caller]
pub(crate) fn in_time<T>(
    test: impl Future<Output = Result<T, Box<dyn Error>>>,
) -> impl Future<Output = Result<T, Box<dyn Error>>> {
    let at = Location::caller();
    async move {
        let begun = Instant::now();
        let (mut test, mut quiet) = (pin!(test), pin!(sleep(2 * QUIET)));
        poll_fn(|context| {
            if let Poll::Ready(outcome) = test.as_mut().poll(context) {
                return Poll::Ready(outcome);
            }
            // The timer of a test that was woken in time has not run out, and begins anew.
            let is_over = quiet.as_mut().poll(context).is_ready() || begun.elapsed() > 2 * AT_MOST;
            if is_over {
                let (waited, seen) = (begun.elapsed(), "nothing but this test".to_owned());
                return Poll::Ready(Err(InVain { at, waited, quiet: 2 * QUIET, seen }.into()));
            }
            quiet.as_mut().reset(Instant::now() + 2 * QUIET);
            // Registers for the new deadline.
            let _ = quiet.as_mut().poll(context);
            Poll::Pending
        })
        .await
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_goes_on_while_something_changes_and_says_what_it_saw() {
    let begun = Instant::now();
    let minutes = || begun.elapsed().as_secs() / 50;
    let seen = until_seen(minutes, |count| *count == 4).await;
    assert!(matches!(seen, Ok(4)), "200 s, but no minute without a change: {seen:?}");

    let begun = Instant::now();
    let never = until_seen(|| "the same", |_| false).await;
    let error = never.expect_err("nothing changes").to_string();
    assert_eq!(begun.elapsed().as_secs(), QUIET.as_secs());
    assert!(error.contains("until_seen(|| \"the same\", |_| false)"), "{error}");
    assert!(error.ends_with("and saw \"the same\""), "{error}");

    let begun = Instant::now();
    let restless = until_seen(|| begun.elapsed(), |_| false).await;
    assert!(restless.is_err());
    assert_eq!(begun.elapsed().as_secs(), AT_MOST.as_secs());
}

#[tokio::test(start_paused = true)]
async fn a_test_that_awaits_what_never_comes_is_given_up_and_one_that_moves_is_not() {
    let stuck = in_time::<()>(std::future::pending()).await;
    let error = stuck.expect_err("nothing comes").to_string();
    assert!(error.contains("let stuck = in_time"), "{error}");

    let slow = in_time(async {
        for _ in 0..4 {
            sleep(QUIET + QUIET / 2).await;
        }
        Ok(())
    });
    assert!(slow.await.is_ok(), "it took six minutes, and moved");
}
