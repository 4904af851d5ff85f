//! All beginnings of a text that the search looks at, as a tree. What follows from the letters alone is kept with them.

use super::lm::LmState;

/// A node's number.
pub(super) type NodeId = u32;

/// The empty text.
pub(super) const ROOT: NodeId = 0;
/// No node.
const NONE: NodeId = NodeId::MAX;
/// Nodes are sorted out when there are this many more than after the last time.
const GROWTH: usize = 2_048;

/// One beginning of a text: its parent's letters and one more.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub parent: NodeId,
    /// The last letter's token; the blank for the empty text.
    pub token: u8,
    /// Where its last letter is most probable, and the logarithm of that probability.
    pub frame: u32,
    pub peak: f32,
    /// The log-probability of all ways to the text with that letter in that frame.
    pub ways: f32,
    pub lm: LmState,
    pub boost: u32,
    /// What language model, shop's words and word bonus give for the letters up to here.
    pub bonus: f32,
    /// Its place in the list of candidates, valid in frame `seen`.
    pub slot: u32,
    pub seen: u32,
    first_child: NodeId,
    sibling: NodeId,
}

impl Node {
    pub(super) fn root(blank: u8, lm: LmState, boost: u32) -> Self {
        Self {
            parent: NONE,
            token: blank,
            frame: 0,
            peak: 0.0,
            ways: 0.0,
            lm,
            boost,
            bonus: 0.0,
            slot: 0,
            seen: 0,
            first_child: NONE,
            sibling: NONE,
        }
    }
}

/// The tree.
pub(super) struct Prefixes {
    nodes: Vec<Node>,
    limit: usize,
}

impl Prefixes {
    pub(super) fn new(root: Node) -> Self {
        Self {
            nodes: vec![root],
            limit: GROWTH,
        }
    }

    pub(super) fn clear(&mut self, root: Node) {
        self.nodes.clear();
        self.nodes.push(root);
        self.limit = GROWTH;
    }

    pub(super) fn get(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    pub(super) fn get_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id as usize]
    }

    pub(super) fn child(&self, parent: NodeId, token: u8) -> Option<NodeId> {
        let mut at = self.get(parent).first_child;
        while at != NONE && self.get(at).token != token {
            at = self.get(at).sibling;
        }
        (at != NONE).then_some(at)
    }

    /// Adds a child that is not there yet.
    pub(super) fn add(&mut self, parent: NodeId, node: Node) -> NodeId {
        let id = self.nodes.len() as NodeId;
        let sibling = std::mem::replace(&mut self.get_mut(parent).first_child, id);
        self.nodes.push(Node {
            parent,
            sibling,
            first_child: NONE,
            ..node
        });
        id
    }

    /// The nodes from the first letter to this one.
    pub(super) fn path(&self, id: NodeId) -> Vec<&Node> {
        let above = |id: &NodeId| Some(self.get(*id).parent).filter(|&parent| parent != NONE);
        let mut path: Vec<_> = std::iter::successors(Some(id), above)
            .filter(|&id| id != ROOT)
            .map(|id| self.get(id))
            .collect();
        path.reverse();
        path
    }

    /// Whether there are so many nodes that [`Prefixes::keep`] is worth its time.
    pub(super) fn is_crowded(&self) -> bool {
        self.nodes.len() > self.limit
    }

    /// Drops all nodes that lead to none of these, whose numbers change.
    pub(super) fn keep<'a>(&mut self, wanted: impl Iterator<Item = &'a mut NodeId>) {
        let mut wanted: Vec<_> = wanted.collect();
        let mut new = vec![NONE; self.nodes.len()];
        new[ROOT as usize] = ROOT;
        for id in &wanted {
            let mut at = **id;
            while new[at as usize] == NONE {
                new[at as usize] = ROOT;
                at = self.get(at).parent;
            }
        }
        self.renumber(&mut new);
        wanted.iter_mut().for_each(|id| **id = new[**id as usize]);
        self.limit = 2 * self.nodes.len() + GROWTH;
    }

    /// Moves marked nodes to the front. A parent stands before its children, so it has its number when they need it.
    fn renumber(&mut self, new: &mut [NodeId]) {
        let old = std::mem::take(&mut self.nodes);
        for (id, node) in old.into_iter().enumerate() {
            if id == ROOT as usize {
                self.nodes.push(Node {
                    first_child: NONE,
                    ..node
                });
            } else if new[id] != NONE {
                new[id] = self.add(new[node.parent as usize], node);
            }
        }
    }
}
