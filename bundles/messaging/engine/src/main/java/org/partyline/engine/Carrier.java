package org.partyline.engine;

import java.util.List;
import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.Transport;
import org.partyline.engine.mailbox.OutgoingMessage;
import org.partyline.engine.mailbox.OutgoingPart;
import org.partyline.engine.mailbox.PropagationRecord;

/**
 * A way for packets to come to the network's mempool. A message has the id of its carrier; {@link Dispatcher} says when a packet may
 * go and follows it, a carrier knows how.
 */
interface Carrier {
    /** As messages, channels and the setting {@code carrier} have it. */
    String id();

    /** Whether one transaction carries packets of several messages: then its coins are no message's own. */
    boolean isShared();

    /**
     * What a message's packets will cost, in satoshi.
     *
     * @throws PartylineException when nobody can say
     */
    long quote(Prospects.Stored stored, List<Transport> nodes) throws PartylineException;

    /** Whether the next packet is paid by the change of a transaction that waits, so that no coin is needed. */
    boolean paysFromChange(int persona, Network network) throws StoreException;

    /** The most that one more packet costs, in satoshi. @param bucket its size in bytes */
    long most(int persona, Network network, int bucket, List<Transport> nodes) throws PartylineException;

    /** Whether it looks itself after a packet that a node took; else that is followed. */
    boolean looksAfter(OutgoingMessage outgoing, int index) throws StoreException;

    /** Whether a packet that is to ride again does so by itself, with what leaves next. */
    boolean takesAlong(OutgoingMessage outgoing, int index, Network network) throws PartylineException;

    /** Whether it is time to ask the nodes where a packet's transaction is, and to hand it over again where none has it. */
    boolean isDue(Network network, OutgoingPart part, PropagationRecord propagationRecord);

    /** No node has a packet's transaction any more. @return the message after it; empty: the same transaction is handed over again */
    Optional<OutgoingMessage> lost(OutgoingMessage outgoing, int index) throws StoreException;

    /**
     * Has a packet paid for, at its time, and hands it to a node.
     *
     * @param nodes to hand it to, the best first; one at least
     * @return the message after it; null when it is gone
     */
    OutgoingMessage dispatch(OutgoingMessage outgoing, int index, Network network, List<Transport> nodes)
            throws PartylineException;

    /** Hands over a packet that was paid for before. @return the message after it; null when it is gone */
    OutgoingMessage dispatchAgain(OutgoingMessage outgoing, int index, List<Transport> nodes) throws PartylineException;

    /** Takes a message back that has left, as far as that goes. @param tally what it took; also when it fails */
    void recall(Recalled recalled, List<Transport> nodes, Tally tally) throws PartylineException;

    /** Whether some of a message that is being taken back is still on its way. */
    boolean isOnTheAir(OutgoingMessage outgoing) throws StoreException;

    /** A message that is to be taken back. @param outgoing as it was found */
    record Recalled(OutgoingMessage outgoing, Network network, int persona) {}

    /** What taking back took. */
    final class Tally {
        int replaced;
        /** Satoshi. */
        long fee;
        /** Whether a replacement is stored: the message goes back on no way from there. */
        boolean stored;
    }
}
