package org.partyline.messaging.state;

import java.util.concurrent.locks.ReentrantLock;

/**
 * The state lock. A thread that holds it works with the same services until it is released.
 *
 * <p>Fair: the sender acquires it repeatedly while it checks hundreds of messages, each with a transaction of a
 * possibly slow database, and a waiting console would otherwise get it only after the last one.
 */
public final class OperationLock extends ReentrantLock {
    private static final long serialVersionUID = 1L;

    private final transient Operations operations;

    public OperationLock(Operations operations) {
        super(true);
        this.operations = operations;
    }

    @Override
    public void lock() {
        super.lock();
        operations.enter();
    }

    @Override
    public void unlock() {
        operations.leave();
        super.unlock();
    }
}
