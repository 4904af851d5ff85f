//! The rings serve tasks as well as threads, on any executor: here the smallest there is.

mod support;

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use biseo_media::codec::AudioCodec;
use biseo_media_io::Event;
use support::*;

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park_timeout(PATIENCE),
        }
    }
}

#[test]
fn a_task_hears_and_is_told_until_the_end() {
    let (mut a, mut b) = call(AudioCodec::Pcmu);
    a.session.speaker().play(speech(300, 1), 1).unwrap();
    let loud = async {
        let mut loud = 0;
        while let Some(frame) = b.audio.next().await {
            loud += u32::from(is_loud(&frame));
            if loud == 5 {
                break;
            }
        }
        loud
    };
    assert_eq!(block_on(loud), 5);
    let played = async {
        while let Some(event) = a.events.next().await {
            if matches!(event, Event::Played { mark: 1, .. }) {
                return true;
            }
        }
        false
    };
    assert!(block_on(played));
    drop(a.session);
    assert!(block_on(async {
        while a.audio.next().await.is_some() {}
        while a.events.next().await.is_some() {}
        true
    }));
}
