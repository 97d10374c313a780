package org.partyline.api.carrier;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;
import org.partyline.api.transport.SignedTransaction;

/**
 * Funds and signs transactions within the caps and the cover traffic's budget, and stores each one that it signs. The
 * first payment for a packet is made only in its slot ({@link Carrier#dispatch}).
 */
@ProviderType
public interface Payments {
    /**
     * Pays for a transaction that carries only one packet.
     *
     * @return the wallet that paid; empty if the message is no longer being sent
     * @throws WaitsException if there is no wallet, a cap is reached, or a budget is spent
     */
    Optional<String> pay(PacketRef packet, List<CarrierNode> nodes) throws PartylineException;

    /**
     * Pays for the requested transaction, which may replace a kept one. A single store transaction counts its fee,
     * updates its packets and those that it leaves out, and writes the carrier's record.
     *
     * @param keep returns the record's content
     * @throws WaitsException if there is no wallet, a cap is reached, or a budget is spent
     */
    Signed sign(SharedTransaction wanted, Keep keep) throws PartylineException;

    /** A signed and stored transaction. @param wallet that signed it */
    record Signed(String wallet, SignedTransaction transaction) {}

    /** Returns the new content of a record. */
    @ConsumerType
    @FunctionalInterface
    interface Keep {
        /**
         * Runs in the store transaction that stores the signed transaction.
         *
         * @return the record's value
         * @throws PartylineException to refuse: nothing is stored, and the coins are freed
         */
        byte[] keep(CarrierTransaction tx, Signed signed) throws PartylineException;
    }
}
