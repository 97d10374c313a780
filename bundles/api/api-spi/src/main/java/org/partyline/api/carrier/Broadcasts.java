package org.partyline.api.carrier;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.InsufficientFundsException;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.TransactionRejectedException;

/** Hands stored transactions to nodes. Before that, it is stored that a node may have the transaction. */
@ProviderType
public interface Broadcasts {
    /**
     * Hands the transaction of one packet to a node, or to the next one if that does not answer or rejects it. Does
     * nothing if the message is no longer being sent.
     *
     * @throws NodeUnavailableException if no node answered
     * @throws WaitsException if a node rejected it; says what it waits for now
     */
    void hand(PacketRef packet, List<CarrierNode> nodes) throws PartylineException;

    /**
     * Hands the transaction of a record to a node, or to the next one if that does not answer. Meanwhile its change is
     * not spent.
     *
     * @param taken returns the record's new value once a node has accepted the transaction
     * @return empty if a node has accepted it
     * @throws NodeUnavailableException if no node answered
     * @throws InsufficientFundsException if its coin is the change of a transaction that nodes have lost, but may
     *     accept again
     */
    Optional<Refusal> hand(byte[] key, List<CarrierNode> nodes, Taken taken) throws PartylineException;

    /**
     * Hands the transaction of a record to the nodes that do not have it. Another node has it, but may be withholding
     * it.
     */
    void spread(byte[] key, List<CarrierNode> nodes) throws StoreException;

    /** A node's rejection of a transaction that no other node has. @param reason for people */
    record Refusal(CarrierNode node, TransactionRejectedException.Reason why, String reason) {}

    /** Updates a record when a node has accepted its transaction. */
    @ConsumerType
    @FunctionalInterface
    interface Taken {
        /** @return the record's value; part of the store transaction that records the acceptance */
        byte[] taken(CarrierTransaction tx) throws StoreException;
    }
}
