//! The memory behind arrays: elements that are there, or that somebody still has to compute.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::Buffer;
use crate::error::{Error, Result};
use crate::kernels::defer::{self, Work};
use crate::kernels::products::Product;

/// Elements, or how to compute them. Nobody but the pool of [`super::pool`] can tell the difference:
/// whoever looks at elements that are not there yet has them computed.
pub struct Store(State);

enum State {
    /// There from the start, as most are. (A lock that is made filled costs more than the sum of a hundred
    /// numbers.)
    Ready(Buffer),
    Pending(Box<Pending>),
}

struct Pending {
    ready: OnceLock<Buffer>,
    /// Held for a moment only: never while something is computed, nor while another lock is waited
    /// for.
    work: Mutex<Option<Waiting>>,
}

/// What is to be done for elements that are not there.
#[derive(Clone)]
pub enum Waiting {
    /// A step of an elementwise program.
    Map(Arc<Work>),
    /// A product of matrices.
    Product(Arc<Product>),
}

impl Store {
    /// Elements that are there.
    #[inline]
    pub fn ready(buffer: Buffer) -> Self {
        Self(State::Ready(buffer))
    }

    /// Elements that are computed when somebody looks at them.
    pub fn pending(work: Waiting) -> Self {
        let work = Mutex::new(Some(work));
        Self(State::Pending(Box::new(Pending { ready: OnceLock::new(), work })))
    }

    /// The elements, if they are there.
    #[inline]
    fn there(&self) -> Option<&Buffer> {
        match &self.0 {
            State::Ready(buffer) => Some(buffer),
            State::Pending(p) => p.ready.get(),
        }
    }

    /// Whether nobody has looked yet.
    #[inline]
    pub fn is_pending(&self) -> bool {
        self.there().is_none()
    }

    /// The elements, computed now if they are not there yet.
    #[inline]
    pub fn get(self: &Arc<Self>) -> Result<&Buffer> {
        match self.there() {
            Some(buffer) => Ok(buffer),
            None => self.compute(),
        }
    }

    #[cold]
    fn compute(self: &Arc<Self>) -> Result<&Buffer> {
        match self.product() {
            Some(product) => self.publish(product.compute()?),
            None => defer::compute(&[self])?,
        }
        self.there().ok_or_else(|| Error::internal("elements that were not computed"))
    }

    /// The elements for writing, if they are there.
    pub fn get_mut(&mut self) -> Option<&mut Buffer> {
        match &mut self.0 {
            State::Ready(buffer) => Some(buffer),
            State::Pending(p) => p.ready.get_mut(),
        }
    }

    /// What is to be done; `None` once it is done.
    fn waiting(&self) -> Option<Waiting> {
        let State::Pending(p) = &self.0 else { return None };
        let work = p.lock().clone();
        // Elements come before the work goes, so they may be there by now.
        work.filter(|_| self.is_pending())
    }

    /// The step of an elementwise program that is to be done.
    pub fn work(&self) -> Option<Arc<Work>> {
        match self.waiting() {
            Some(Waiting::Map(work)) => Some(work),
            _ => None,
        }
    }

    /// The product that is to be computed.
    pub fn product(&self) -> Option<Arc<Product>> {
        match self.waiting() {
            Some(Waiting::Product(product)) => Some(product),
            _ => None,
        }
    }

    /// Enters the elements. A second thread that has computed the same ones is too late, and its
    /// own go back to the pool.
    pub fn publish(&self, buffer: Buffer) {
        let State::Pending(p) = &self.0 else { return };
        let late = p.ready.set(buffer);
        let work = p.lock().take();
        // Outside the lock: the operands may go with them.
        drop((late, work));
    }
}

impl Pending {
    fn lock(&self) -> MutexGuard<'_, Option<Waiting>> {
        // Nothing that could panic happens under the lock.
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.there() {
            Some(buffer) => buffer.fmt(f),
            None => f.write_str("pending"),
        }
    }
}
