package org.partyline.messaging.delivery;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.messaging.mailbox.OutgoingMessage;

/** Advances outgoing messages, on a single thread. It alone sends anything. */
@ProviderType
public interface SendQueue {
    /** Readers accept packets that are up to 24 hours old (PROTOCOL 2.3); the difference is time for delivery. */
    Duration STALE = Duration.ofHours(20);

    /** Makes the sender look for work. */
    void kick();

    /** Reports an external change (a block, a node, a suite), so that all waiting messages are tried again. */
    void kickAll();

    /** Frees the coins of transactions that will not be sent. */
    void release(OutgoingMessage outgoing);

    /** Reports that a transaction of ours is in a block; never blocks. */
    void minedSoon(Network network, byte[] transaction);

    /** Runs something on the sender's thread and waits for it. */
    <T> T call(Callable<T> task) throws PartylineException;

    /** Frees coins soon; never blocks. */
    void releaseSoon(OutgoingMessage outgoing);
}
