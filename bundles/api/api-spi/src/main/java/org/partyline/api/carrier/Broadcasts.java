package org.partyline.api.carrier;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.TransactionRejectedException;

/** Hands stored transactions to nodes. That a node may have it is stored first. */
@ProviderType
public interface Broadcasts {
    /**
     * Gives the transaction of one packet to a node; to the next one when that does not answer, or refuses it. Does nothing where the
     * message is over.
     *
     * @throws NodeUnavailableException when no node answered
     * @throws WaitsException when one refused it, and what it waits for now
     */
    void hand(PacketRef packet, List<CarrierNode> nodes) throws PartylineException;

    /**
     * Gives the transaction of a record to a node, to the next one when that does not answer. Its change is spent by nobody meanwhile.
     *
     * @param taken what the record holds once a node has it
     * @return empty when a node has it
     * @throws NodeUnavailableException when no node answered
     */
    Optional<Refusal> hand(byte[] key, List<CarrierNode> nodes, Taken taken) throws PartylineException;

    /** Gives the transaction of a record to those that do not have it, though another one does: that one may keep it to itself. */
    void spread(byte[] key, List<CarrierNode> nodes) throws StoreException;

    /** A node's rejection of a transaction that no other node has. @param reason for people */
    record Refusal(CarrierNode node, TransactionRejectedException.Reason why, String reason) {}

    /** Updates a record when a node has accepted its transaction. */
    @ConsumerType
    @FunctionalInterface
    interface Taken {
        /** @return the record's value; part of the transaction that stores that it was taken */
        byte[] taken(CarrierTransaction tx) throws StoreException;
    }
}
