//! Several calls at a time, told in the order of the file.

use tokio::task::JoinSet;

/// Runs tasks, `jobs` at a time, begun in the order given. `done` hears of each as it ends, `show` of each in the order in which they were given, as
/// soon as all before it have ended.
pub(super) async fn in_order<T: Send + 'static>(
    tasks: impl Iterator<Item = impl Future<Output = T> + Send + 'static>,
    jobs: usize,
    mut done: impl FnMut(&T),
    mut show: impl FnMut(&T),
) -> Vec<T> {
    let mut waiting = tasks.enumerate();
    let mut running = JoinSet::new();
    let mut results: Vec<Option<T>> = Vec::new();
    let mut shown = 0;
    loop {
        while running.len() < jobs.max(1) {
            let Some((number, task)) = waiting.next() else {
                break;
            };
            running.spawn(async move { (number, task.await) });
            results.push(None);
        }
        match running.join_next().await {
            None => break,
            Some(Ok((number, result))) => {
                done(&result);
                results[number] = Some(result);
            }
            // A fault within the program: as loud as it would be without tasks.
            Some(Err(e)) => std::panic::resume_unwind(e.into_panic()),
        }
        while let Some(Some(next)) = results.get(shown) {
            show(next);
            shown += 1;
        }
    }
    results.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    /// The second ends before the first, which waits for it.
    #[tokio::test]
    async fn what_ends_first_is_done_first_and_shown_in_its_turn() {
        let (told, wait) = oneshot::channel::<()>();
        let mut ends = vec![(1, Some(wait), None), (2, None, Some(told)), (3, None, None)];
        let tasks: Vec<_> = ends
            .drain(..)
            .map(|(number, wait, told)| async move {
                if let Some(wait) = wait {
                    wait.await.unwrap();
                }
                let _ = told.map(|t| t.send(()));
                number
            })
            .collect();
        let (mut done, mut shown) = (Vec::new(), Vec::new());
        let all = in_order(tasks.into_iter(), 2, |n| done.push(*n), |n| shown.push(*n)).await;
        assert_eq!((all, shown), (vec![1, 2, 3], vec![1, 2, 3]));
        assert_eq!(done[0], 2);
    }
}
