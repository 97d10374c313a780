package org.partyline.api.carrier;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;
import org.partyline.api.transport.SignedTransaction;

/**
 * Funds and signs transactions within the caps and the cover traffic's budget, and stores each one that it signs. A
 * packet is paid for the first time in its slot only ({@link Carrier#dispatch}).
 */
@ProviderType
public interface Payments {
    /**
     * Pays for a transaction that carries one packet and nothing else.
     *
     * @return the wallet that paid; empty when the message is over
     * @throws WaitsException when there is no wallet, a cap is reached, or a budget is spent
     */
    Optional<String> pay(PacketRef packet, List<CarrierNode> nodes) throws PartylineException;

    /**
     * Pays for a transaction that carries what is asked for, or has it take the place of one that is kept. In one transaction of the store
     * its fee is counted, its packets are marked, those that it leaves out with them, and the carrier's record is written.
     *
     * @param keep what the record is to hold
     * @throws WaitsException when there is no wallet, a cap is reached, or a budget is spent
     */
    Signed sign(SharedTransaction wanted, Keep keep) throws PartylineException;

    /** A signed and stored transaction. @param wallet that signed it */
    record Signed(String wallet, SignedTransaction transaction) {}

    /** Returns the new content of a record. */
    @ConsumerType
    @FunctionalInterface
    interface Keep {
        /**
         * Part of the transaction that stores what was signed.
         *
         * @return the record's value
         * @throws PartylineException refuses it: nothing is stored, and its coins are free again
         */
        byte[] keep(CarrierTransaction tx, Signed signed) throws PartylineException;
    }
}
