package org.partyline.receive;

import org.partyline.api.store.StoreException;

/**
 * Recognises and opens one kind of packet. A packet is offered to the receivers in order until one of them recognises
 * it; otherwise it is a stranger's. Runs under the state lock, for every payload that is seen: anything slow is done
 * elsewhere.
 */
public interface Receiver {
    /** Opens a packet of this kind. @return {@link RecognitionResult#STRANGER} if it is of another kind */
    RecognitionResult open(IncomingPayload packet) throws StoreException;
}
