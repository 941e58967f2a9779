//! The memory of the nodes: chunks that never move, so that growth copies nothing.

use std::num::NonZeroU32;

use super::node::{Node, NodeId};

const BITS: u32 = 10;
const CHUNK: usize = 1 << BITS;
/// The first place of a chunk stays empty, so that 0 names no node, and no place in a chunk.
const PLACES: usize = CHUNK - 1;

/// Of a size that is known, so that places within need no check.
type Nodes = Box<[Node; CHUNK]>;

/// Nodes in chunks that never move, so that growth copies nothing and empty ones can go.
pub struct Slab {
    chunks: Vec<Chunk>,
    /// Chunks that may have room; the last one is used first.
    open: Vec<u32>,
    /// Chunks that are not empty.
    occupied: usize,
    /// Chunks that have memory but are empty.
    idle: usize,
    /// Chunks that were empty at some time, the latest last, each once.
    emptied: Vec<u32>,
}

struct Chunk {
    /// Its memory, if it has any.
    nodes: Option<Nodes>,
    /// The first free place, or 0.
    free: u32,
    live: u32,
    /// Whether it stands in [`Slab::emptied`].
    listed: bool,
}

impl Chunk {
    /// Without memory.
    const NEW: Chunk = Chunk { nodes: None, free: 1, live: 0, listed: false };
}

fn new_nodes() -> Nodes {
    let next = |i: usize| if i < PLACES { i as u32 + 1 } else { 0 };
    let nodes: Box<[Node]> =
        (0..CHUNK).map(|i| Node { work: next(i), ..Node::default() }).collect();
    let Ok(nodes) = nodes.try_into() else { unreachable!("as many as were made") };
    nodes
}

impl Slab {
    /// An empty one.
    pub const fn new() -> Self {
        Self { chunks: Vec::new(), open: Vec::new(), occupied: 0, idle: 0, emptied: Vec::new() }
    }

    /// The chunk of a node and its place there.
    #[inline(always)]
    fn split(id: NodeId) -> (usize, usize) {
        let i = id.0.get();
        ((i >> BITS) as usize, (i as usize) & (CHUNK - 1))
    }

    /// A node.
    #[inline(always)]
    pub fn get(&self, id: NodeId) -> &Node {
        let (c, i) = Self::split(id);
        match &self.chunks[c].nodes {
            Some(nodes) => &nodes[i],
            None => dangling(),
        }
    }

    /// Places in memory.
    pub fn capacity(&self) -> usize {
        self.chunks.iter().filter(|c| c.nodes.is_some()).count() * PLACES
    }

    /// Places in use.
    pub fn live(&self) -> usize {
        self.chunks.iter().map(|c| c.live as usize).sum()
    }

    /// A node that may be gone, its place too.
    pub fn try_get(&self, id: NodeId) -> Option<&Node> {
        let (c, i) = Self::split(id);
        self.chunks[c].nodes.as_ref().map(|nodes| &nodes[i])
    }

    /// A node, to change.
    #[inline(always)]
    pub fn get_mut(&mut self, id: NodeId) -> &mut Node {
        let (c, i) = Self::split(id);
        match &mut self.chunks[c].nodes {
            Some(nodes) => &mut nodes[i],
            None => dangling(),
        }
    }

    /// A free place. What a removed node left there is all at its default, but for the fields that
    /// every new node sets.
    #[inline(always)]
    pub fn place(&mut self) -> (NodeId, &mut Node) {
        let c = match self.open.last() {
            Some(&c) => c,
            None => self.open_chunk(),
        };
        if self.chunks[c as usize].live == 0 {
            self.begin(c);
        }
        let chunk = &mut self.chunks[c as usize];
        let Some(nodes) = &mut chunk.nodes else { dangling() };
        let i = chunk.free;
        let place = &mut nodes[i as usize & (CHUNK - 1)];
        chunk.free = std::mem::take(&mut place.work);
        chunk.live += 1;
        if chunk.free == 0 {
            self.open.pop();
        }
        // A node takes about a hundred bytes: memory ends long before 32 bits do.
        let index = (c << BITS) | i;
        (NodeId(NonZeroU32::new(index).unwrap_or(NonZeroU32::MIN)), place)
    }

    /// Opens one more chunk.
    #[cold]
    fn open_chunk(&mut self) -> u32 {
        assert!(self.chunks.len() < (u32::MAX >> BITS) as usize, "more than 2^32 nodes");
        let c = self.chunks.len() as u32;
        self.open.push(c);
        self.chunks.push(Chunk::NEW);
        c
    }

    /// A chunk is about to be empty no more; it may have no memory yet, or none any more.
    #[inline(never)]
    fn begin(&mut self, c: u32) {
        self.occupied += 1;
        match &mut self.chunks[c as usize].nodes {
            Some(_) => self.idle -= 1,
            none => *none = Some(new_nodes()),
        }
    }

    /// Gives a place back. The value, the operation and so on have been taken out.
    #[inline(always)]
    pub fn remove(&mut self, id: NodeId) {
        let (c, i) = Self::split(id);
        let chunk = &mut self.chunks[c];
        let Some(nodes) = &mut chunk.nodes else { dangling() };
        let node = &mut nodes[i];
        node.seq = 0;
        node.owner = 0;
        node.work = std::mem::replace(&mut chunk.free, i as u32);
        chunk.live -= 1;
        if node.work == 0 || chunk.live == 0 {
            self.turned(c as u32);
        }
    }

    /// A chunk was full, or is empty.
    #[inline(never)]
    fn turned(&mut self, c: u32) {
        let chunk = &mut self.chunks[c as usize];
        if chunk.live as usize == PLACES - 1 {
            self.open.push(c);
        }
        if chunk.live == 0 {
            self.occupied -= 1;
            self.idle += 1;
            if !std::mem::replace(&mut chunk.listed, true) {
                self.emptied.push(c);
            }
            self.trim();
        }
    }

    /// Gives empty chunks back, but for as many as are in use, and some.
    fn trim(&mut self) {
        while self.idle > 16 + self.occupied
            && let Some(c) = self.emptied.pop()
        {
            let chunk = &mut self.chunks[c as usize];
            if chunk.live > 0 {
                chunk.listed = false;
            } else {
                *chunk = Chunk::NEW;
                self.idle -= 1;
            }
        }
    }
}

#[cold]
#[inline(never)]
fn dangling() -> ! {
    panic!("a node was used after it was freed")
}
