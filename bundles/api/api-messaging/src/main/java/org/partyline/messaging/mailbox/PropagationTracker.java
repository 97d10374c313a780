package org.partyline.messaging.mailbox;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.state.MessageWaitsException;

/** Follows our transactions through the nodes; a node that received one from us does not prove that others have it. */
@ProviderType
public interface PropagationTracker {
    /** @throws StoreException when the store is locked, or the disk refuses */
    PropagationRecord propagationRecord(OutgoingPart part) throws StoreException;

    PropagationRecords.DeliveryOptions way(OutgoingMessage outgoing) throws StoreException;

    void refused(OutgoingMessage outgoing, OutgoingPart part, String node) throws StoreException;

    /** A node took it. */
    void taken(OutgoingPart part, Network network);

    /** Whether a node has shown a transaction that did not get it from us. */
    boolean isShown(Network network, OutgoingPart part, PropagationRecord propagationRecord);

    /**
     * Asks the nodes that got a transaction from us whether a peer of theirs has it. May be called in each round: asks at growing
     * intervals.
     *
     * @return what the one says that knows most; empty when it is not time to ask, and when none answers
     */
    Optional<TransactionPlace> ask(Network network, OutgoingPart part, PropagationRecord propagationRecord);

    /** Whether it is time to hand a transaction over again that a node took. */
    boolean isDue(Network network, OutgoingPart part, PropagationRecord propagationRecord);

    /**
     * Asks the nodes for a transaction that a node took.
     *
     * @param others ask only those that did not get it from us, where there are any
     * @return where it is, and who says so
     */
    Optional<Found> find(Network network, OutgoingPart part, PropagationRecord propagationRecord, boolean others);

    /**
     * The place where a transaction was found.
     *
     * @param node that says so
     * @param elsewhere whether someone has it who did not get it from us
     */
    record Found(String node, TransactionPlace place, boolean elsewhere) {
        /** CONFIRMED, RELAYED or SENT. */
        public State state() {
            if (place.kind() == TransactionPlace.Kind.CONFIRMED && place.block().isPresent()) {
                return State.CONFIRMED;
            }
            return elsewhere ? State.RELAYED : State.SENT;
        }
    }

    /** Whether a node reports blocks that it checked. @param node its name */
    boolean tellsBlocks(String node);

    /** Whether a node has a transaction, or knows its block. */
    boolean isKnown(Network network, TxId id);

    /** Whether a node says that a transaction is in a block. */
    boolean isMined(Network network, TxId id);

    /** Writes down what was found. */
    void found(OutgoingMessage outgoing, OutgoingPart part, Found found) throws StoreException;

    /** It did not appear: where two nodes or more should have shown it, those that took it may have kept it to themselves. */
    void overdue(Network network, OutgoingPart part, PropagationRecord propagationRecord);

    /**
     * The nodes to hand a transaction to, the best first.
     *
     * @throws MessageWaitsException when it is to go in by a node that does not answer
     */
    List<Transport> order(Network network, OutgoingMessage outgoing, OutgoingPart part)
            throws StoreException, MessageWaitsException;
}
