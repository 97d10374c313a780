package org.partyline.messaging.delivery;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.messaging.mailbox.OutgoingMessage;

/** Advances outgoing messages, on a single thread. Nothing leaves but by it. */
@ProviderType
public interface SendQueue {
    /** Readers take packets that are up to 24 hours old (PROTOCOL 2.3); the rest is for the way. */
    Duration STALE = Duration.ofHours(20);

    /** There may be something to do now. */
    void kick();

    /** Something outside changed (a block, a node, a suite): what waits may go now. */
    void kickAll();

    /** Frees the coins of transactions that will not be sent. */
    void release(OutgoingMessage outgoing);

    /** A transaction of ours is in a block; never blocks. */
    void minedSoon(Network network, byte[] transaction);

    /** Runs something on the sender's thread and waits for it. */
    <T> T call(Callable<T> task) throws PartylineException;

    /** Frees coins, soon: never blocks. */
    void releaseSoon(OutgoingMessage outgoing);
}
