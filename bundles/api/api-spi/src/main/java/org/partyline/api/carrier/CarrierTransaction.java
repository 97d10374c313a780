package org.partyline.api.carrier;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.TxId;
import org.partyline.api.store.StoreException;

/** Reads and changes messages and a carrier's records in one store transaction. */
@ProviderType
public interface CarrierTransaction {
    /** A message of this carrier; empty if it was forgotten, its conversation was erased, or it has another carrier. */
    Optional<CarriedMessage> message(long id) throws StoreException;

    /** The messages of this carrier, oldest first. */
    List<CarriedMessage> messages() throws StoreException;

    /**
     * Records that a packet is in a block. Does nothing if that is known. @param transaction the one that is in the
     * block
     */
    void mined(PacketRef packet, TxId transaction) throws StoreException;

    /** Records that the transaction of a packet was replaced by one without it. */
    void superseded(PacketRef packet) throws StoreException;

    /**
     * Records that the transaction of a packet can no longer be mined: the packet must be sent in another one.
     *
     * @param reason for people; empty
     */
    void gone(PacketRef packet, String reason) throws StoreException;

    /** Returns what is known of one of our transactions. */
    Trace trace(TxId transaction) throws StoreException;

    /**
     * The place of a transaction.
     *
     * @param entered the nodes that received it from us @param isInBlock whether it is in a block
     */
    record Trace(List<String> entered, boolean isInBlock) {
        /** Accepts all values. */
        public Trace {
            entered = List.copyOf(entered);
        }
    }

    /**
     * Records that a transaction is in a block: its fee and those of the transactions that it replaced were spent. The
     * fee of a transaction that was to replace it is no longer due.
     */
    void paid(TxId transaction) throws StoreException;

    /** Records that a transaction will not be mined or replaced: its fee is not spent. */
    void unpaid(TxId transaction) throws StoreException;

    /** The value of one of the carrier's records. */
    Optional<byte[]> get(byte[] key) throws StoreException;

    /** The values of all its records, in the order in which they were first put. */
    List<byte[]> list() throws StoreException;

    /** Adds a record, or replaces its value; the transaction that it keeps stays. */
    void put(byte[] key, byte[] value) throws StoreException;

    /** Changes the key and value of a record; the transaction that it keeps stays. */
    void move(byte[] from, byte[] to, byte[] value) throws StoreException;

    /**
     * Allows the change of a record's transaction to be spent from now on; the transaction is not replaced any more.
     */
    void letGo(byte[] key) throws StoreException;

    /** Removes a record and forgets its transaction, whose change may be spent. */
    void delete(byte[] key) throws StoreException;

    /** Removes a record whose transaction no node had, which also frees its coins. */
    void drop(byte[] key) throws StoreException;
}
