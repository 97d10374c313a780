package org.partyline.testkit.messaging;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.messaging.mailbox.OutgoingMessage;

/** Sends nothing, and records the requests. */
public final class PlainSendQueue implements SendQueue {
    /** The number of notifications that there may be something to do. */
    public final AtomicInteger kicks = new AtomicInteger();
    /** The messages whose coins were freed, in order. */
    public final List<Long> released = new CopyOnWriteArrayList<>();

    @Override
    public void kick() {
        kicks.incrementAndGet();
    }

    @Override
    public void kickAll() {
        kicks.incrementAndGet();
    }

    @Override
    public void release(OutgoingMessage outgoing) {
        released.add(outgoing.id());
    }

    @Override
    public void minedSoon(Network network, byte[] transaction) {
        kicks.incrementAndGet();
    }

    /** On the caller's thread. */
    @Override
    public <T> T call(Callable<T> task) throws PartylineException {
        try {
            return task.call();
        } catch (PartylineException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new PartylineException("it failed", e);
        }
    }

    @Override
    public void releaseSoon(OutgoingMessage outgoing) {
        release(outgoing);
    }
}
