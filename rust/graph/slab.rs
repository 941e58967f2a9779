//! The memory of the nodes: chunks that never move, so that growth copies nothing.

use std::num::NonZeroU32;

use super::node::{Node, NodeId};

const BITS: u32 = 10;
const CHUNK: usize = 1 << BITS;

/// Nodes in chunks that never move, so that growth copies nothing and empty ones can go.
pub struct Slab {
    chunks: Vec<Option<Chunk>>,
    /// Chunks that may have room; the last one is used first.
    open: Vec<u32>,
    pub live: usize,
    /// Chunks that are allocated but empty.
    idle: usize,
    /// Chunks that were empty at some time, the latest last, each once.
    emptied: Vec<u32>,
}

struct Chunk {
    /// Of a size that is known, so that places within need no check.
    nodes: Box<[Node; CHUNK]>,
    /// First free place plus one.
    free: u32,
    live: u32,
    /// Whether it stands in [`Slab::emptied`].
    listed: bool,
}

impl Chunk {
    fn new() -> Self {
        let nodes: Box<[Node]> = (0..CHUNK)
            .map(|i| Node { work: if i + 1 < CHUNK { i as u32 + 2 } else { 0 }, ..Node::default() })
            .collect();
        let Ok(nodes) = nodes.try_into() else { unreachable!("as many as were made") };
        Self { nodes, free: 1, live: 0, listed: false }
    }
}

impl Slab {
    /// An empty one.
    pub const fn new() -> Self {
        Self { chunks: Vec::new(), open: Vec::new(), live: 0, idle: 0, emptied: Vec::new() }
    }

    #[inline(always)]
    fn split(id: NodeId) -> (usize, usize) {
        let i = id.0.get() as usize - 1;
        (i >> BITS, i & (CHUNK - 1))
    }

    /// A node.
    #[inline(always)]
    pub fn get(&self, id: NodeId) -> &Node {
        let (c, i) = Self::split(id);
        match &self.chunks[c] {
            Some(chunk) => &chunk.nodes[i],
            None => dangling(),
        }
    }

    /// Places in memory.
    pub fn capacity(&self) -> usize {
        self.chunks.iter().flatten().count() * CHUNK
    }

    /// A node that may be gone, its place too.
    pub fn try_get(&self, id: NodeId) -> Option<&Node> {
        let (c, i) = Self::split(id);
        self.chunks[c].as_ref().map(|chunk| &chunk.nodes[i])
    }

    /// A node, to change.
    #[inline(always)]
    pub fn get_mut(&mut self, id: NodeId) -> &mut Node {
        let (c, i) = Self::split(id);
        match &mut self.chunks[c] {
            Some(chunk) => &mut chunk.nodes[i],
            None => dangling(),
        }
    }

    /// A free place. What a removed node left there is all at its default, but for the fields that
    /// every new node sets.
    #[inline(always)]
    pub fn place(&mut self) -> (NodeId, &mut Node) {
        let c = match self.open.last() {
            Some(&c) if matches!(&self.chunks[c as usize], Some(chunk) if chunk.free != 0) => c,
            _ => self.open_chunk(),
        };
        let Some(chunk) = &mut self.chunks[c as usize] else { dangling() };
        let i = chunk.free - 1;
        let place = &mut chunk.nodes[i as usize];
        chunk.free = std::mem::take(&mut place.work);
        if chunk.live == 0 {
            self.idle -= 1;
        }
        chunk.live += 1;
        if chunk.free == 0 {
            self.open.pop();
        }
        self.live += 1;
        // A node takes about a hundred bytes: memory ends long before 32 bits do.
        let index = (c << BITS) + i + 1;
        (NodeId(NonZeroU32::new(index).unwrap_or(NonZeroU32::MIN)), place)
    }

    /// Brings a chunk with room to the top of the open ones.
    #[cold]
    fn open_chunk(&mut self) -> u32 {
        self.idle += 1;
        if let Some(&c) = self.open.last() {
            // A chunk whose memory was given back.
            self.chunks[c as usize] = Some(Chunk::new());
            return c;
        }
        assert!(self.chunks.len() < (u32::MAX >> BITS) as usize, "more than 2^32 nodes");
        let c = self.chunks.len() as u32;
        self.open.push(c);
        self.chunks.push(Some(Chunk::new()));
        c
    }

    /// Gives a place back.
    #[inline]
    pub fn remove(&mut self, id: NodeId) {
        let (c, i) = Self::split(id);
        let Some(chunk) = &mut self.chunks[c] else { dangling() };
        if chunk.free == 0 {
            self.open.push(c as u32);
        }
        chunk.nodes[i].work = chunk.free;
        chunk.free = i as u32 + 1;
        chunk.live -= 1;
        self.live -= 1;
        if chunk.live == 0 {
            self.idle += 1;
            if !std::mem::replace(&mut chunk.listed, true) {
                self.emptied.push(c as u32);
            }
            self.trim();
        }
    }

    /// Gives empty chunks back, but for some that are kept for a graph as large as the live one.
    fn trim(&mut self) {
        while self.idle > 16 + self.live / CHUNK
            && let Some(c) = self.emptied.pop()
        {
            match &mut self.chunks[c as usize] {
                Some(chunk) if chunk.live > 0 => chunk.listed = false,
                place => {
                    *place = None;
                    self.idle -= 1;
                }
            }
        }
    }
}

#[cold]
#[inline(never)]
fn dangling() -> ! {
    panic!("a node was used after it was freed")
}
