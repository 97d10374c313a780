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

/** Tracks our transactions through the nodes. A node that received one from us does not prove that others have it. */
@ProviderType
public interface PropagationTracker {
    /** @throws StoreException if the store is locked, or the disk fails */
    PropagationRecord propagationRecord(OutgoingPart part) throws StoreException;

    PropagationRecords.DeliveryOptions way(OutgoingMessage outgoing) throws StoreException;

    void refused(OutgoingMessage outgoing, OutgoingPart part, String node) throws StoreException;

    /** Records that a node accepted it. */
    void taken(OutgoingPart part, Network network);

    /** Whether a node that did not receive a transaction from us has shown it. */
    boolean isShown(Network network, OutgoingPart part, PropagationRecord propagationRecord);

    /**
     * Asks the nodes that received a transaction from us whether one of their peers has it. May be called in each
     * round: it asks at growing intervals.
     *
     * @return the most informative answer; empty if it is not time to ask, or no node answers
     */
    Optional<TransactionPlace> ask(Network network, OutgoingPart part, PropagationRecord propagationRecord);

    /** Whether it is time to hand over a transaction again that a node accepted. */
    boolean isDue(Network network, OutgoingPart part, PropagationRecord propagationRecord);

    /**
     * Asks the nodes for a transaction that a node accepted.
     *
     * @param others ask only nodes that did not receive it from us, if there are any
     * @return its place, and the node that reported it
     */
    Optional<Found> find(Network network, OutgoingPart part, PropagationRecord propagationRecord, boolean others);

    /**
     * The place where a transaction was found.
     *
     * @param node the node that reported it
     * @param elsewhere whether a node has it that did not receive it from us
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

    /** Whether a node reports that a transaction is in a block. */
    boolean isMined(Network network, TxId id);

    /** Records the result. */
    void found(OutgoingMessage outgoing, OutgoingPart part, Found found) throws StoreException;

    /**
     * Called if it did not appear: if at least two nodes should have shown it, those that accepted it may be
     * withholding it.
     */
    void overdue(Network network, OutgoingPart part, PropagationRecord propagationRecord);

    /**
     * The nodes to hand a transaction to, best first.
     *
     * @throws MessageWaitsException if it must be sent through a node that does not answer
     */
    List<Transport> order(Network network, OutgoingMessage outgoing, OutgoingPart part)
            throws StoreException, MessageWaitsException;
}
