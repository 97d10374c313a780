package org.partyline.api.carrier;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.TxId;
import org.partyline.api.store.StoreException;

/** Reads and changes messages and a carrier's records in one store transaction. */
@ProviderType
public interface CarrierTransaction {
    /** A message of this carrier's; empty when it is forgotten, its conversation is erased, or it is another one's. */
    Optional<CarriedMessage> message(long id) throws StoreException;

    /** The messages that this carrier carries, oldest first. */
    List<CarriedMessage> messages() throws StoreException;

    /** A packet is in a block. Does nothing where that is known. @param transaction of those that carried it */
    void mined(PacketRef packet, TxId transaction) throws StoreException;

    /** What carried a packet went out anew without it. */
    void superseded(PacketRef packet) throws StoreException;

    /** What carried a packet can be in no block any more: it is to go in another one. @param reason for people; empty */
    void gone(PacketRef packet, String reason) throws StoreException;

    /** What is known of the way of one of our transactions. */
    Trace trace(TxId transaction) throws StoreException;

    /**
     * The place of a transaction.
     *
     * @param entered the nodes that got it from us @param isInBlock whether it is in a block
     */
    record Trace(List<String> entered, boolean isInBlock) {
        /** Checks nothing. */
        public Trace {
            entered = List.copyOf(entered);
        }
    }

    /**
     * Notes that a transaction is in a block: its fee and those of the transactions it replaced were spent. The fee of one that was to
     * replace it is no longer due.
     */
    void paid(TxId transaction) throws StoreException;

    /** A transaction will be in no block, and nothing takes its place: what it was to pay is not spent. */
    void unpaid(TxId transaction) throws StoreException;

    /** The value of a record of the carrier's. */
    Optional<byte[]> get(byte[] key) throws StoreException;

    /** The values of all of them, in the order in which they were first put. */
    List<byte[]> list() throws StoreException;

    /** Adds a record, or replaces its value; what it keeps, it keeps. */
    void put(byte[] key, byte[] value) throws StoreException;

    /** A record has another key and value from now on; what it keeps, it keeps. */
    void move(byte[] from, byte[] to, byte[] value) throws StoreException;

    /** The change of the transaction that a record keeps may be spent from now on; nothing takes its place any more. */
    void letGo(byte[] key) throws StoreException;

    /** Removes a record, and forgets the transaction that it keeps: its change may be spent. */
    void delete(byte[] key) throws StoreException;

    /** The same; the coins of the transaction are free, too: no node had it. */
    void drop(byte[] key) throws StoreException;
}
