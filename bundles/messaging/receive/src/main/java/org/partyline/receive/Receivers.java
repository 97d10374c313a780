package org.partyline.receive;

import java.util.List;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.state.Meter;

/** Offers a payload to each receiver in turn, and measures how long a stranger's payload takes. */
final class Receivers {
    private final Meter meter;
    private final List<Receiver> receivers;

    Receivers(Meter meter, List<Receiver> receivers) {
        this.meter = meter;
        this.receivers = receivers;
    }

    /** Returns the result of the first receiver that recognises it. */
    RecognitionResult open(IncomingPayload packet) throws StoreException {
        long began = meter.begin();
        for (Receiver receiver : receivers) {
            RecognitionResult result = receiver.open(packet);
            if (result != RecognitionResult.STRANGER) {
                return result;
            }
        }
        meter.strangerRecognised(began);
        return RecognitionResult.STRANGER;
    }
}
