package org.partyline.receive;

import org.partyline.api.store.StoreException;

/**
 * Recognises and opens one kind of packet. A packet is offered to the receivers by rank until one of them recognises
 * it; otherwise it is a stranger's. Runs under the state lock, for every payload that is seen: anything slow is done
 * elsewhere.
 */
public interface Receiver {
    /** Chains come first: they need one look-up. */
    int CHAIN = 100;
    /** Beacons cost an HMAC each. */
    int INBOX = 200;

    int SEALED = 300;
    int LEGACY = 400;
    /** Other bundles' receivers get the packets that ours do not recognise. */
    int OTHERS = 1000;

    /** Returns its position in the order: the lowest is asked first. */
    int rank();

    /** Opens a packet of this kind. @return {@link RecognitionResult#STRANGER} if it is of another kind */
    RecognitionResult open(IncomingPayload packet) throws StoreException;
}
