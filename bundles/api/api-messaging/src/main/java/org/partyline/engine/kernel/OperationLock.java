package org.partyline.engine.kernel;

import java.util.concurrent.locks.ReentrantLock;

/** The engine's lock. Who holds it works with the same {@link Parts} until it is released. */
public final class OperationLock extends ReentrantLock {
    private static final long serialVersionUID = 1L;

    private final transient Parts parts;

    public OperationLock(Parts parts) {
        this.parts = parts;
    }

    @Override
    public void lock() {
        super.lock();
        parts.enter();
    }

    @Override
    public void unlock() {
        parts.leave();
        super.unlock();
    }
}
