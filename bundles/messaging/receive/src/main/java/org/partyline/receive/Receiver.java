package org.partyline.receive;

import org.partyline.api.store.StoreException;

/**
 * Recognises and opens one kind of packet. A packet goes through the receivers by their rank until one of them has to
 * do with it; what nobody has to do with is a stranger's. Runs under the state lock, for every payload that is met:
 * what takes its time is done elsewhere.
 */
public interface Receiver {
    /** Chains come first: one look-up tells. */
    int CHAIN = 100;
    /** Beacons cost an HMAC each. */
    int INBOX = 200;

    int SEALED = 300;
    int LEGACY = 400;
    /** Other bundles' receivers get what none of ours has to do with. */
    int OTHERS = 1000;

    /** Where it is in the row: the lowest is asked first. */
    int rank();

    /** Opens a packet of this kind. @return {@link RecognitionResult#STRANGER} when it is of another */
    RecognitionResult open(IncomingPayload packet) throws StoreException;
}
