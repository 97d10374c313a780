package org.partyline.messaging.state;

import java.util.concurrent.locks.ReentrantLock;

/**
 * The state lock. Who holds it works with the same services until it is released.
 *
 * <p>Fair: the sender takes it again and again while it looks after hundreds of messages, each with a transaction of a database that may
 * be slow, and a console that waits for it would get it after the last one only.
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
