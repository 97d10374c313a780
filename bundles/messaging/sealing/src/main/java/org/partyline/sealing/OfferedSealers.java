package org.partyline.sealing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.partyline.api.sealing.PacketSealer;
import org.partyline.messaging.kernel.Bus;
import org.partyline.messaging.kernel.Notices;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sealers that other bundles offer now; of two with one id the one that came first. Thread-safe. */
final class OfferedSealers {
    private static final Logger LOG = LoggerFactory.getLogger(OfferedSealers.class);

    private final Notices notices;
    private final Duration patience;
    private final List<SealerHolder> came = new ArrayList<>();

    /** @param patience how long a sealer may take over a message */
    OfferedSealers(Notices notices, Duration patience) {
        this.notices = notices;
        this.patience = patience;
    }

    /** A sealer is a service from now on. */
    void add(PacketSealer sealer) {
        SealerHolder holder;
        try {
            holder = new SealerHolder(sealer, patience, notices.security()::record, this::renew);
        } catch (RuntimeException | Error e) {
            LOG.error("a sealer of packets is refused: {}", e.toString());
            return;
        }
        synchronized (this) {
            came.add(holder);
        }
        boolean isAsked = find(holder.id).filter(holder::equals).isPresent();
        LOG.info("sealer '{}' has come{}", holder.id, isAsked ? "" : ", and waits: its id is taken");
        renew();
    }

    /** What waits for one is looked at again. */
    void renew() {
        notices.bus().publish(new Bus.Retry());
    }

    /** It is none any more. */
    void remove(PacketSealer sealer) {
        synchronized (this) {
            if (!came.removeIf(holder -> holder.sealer == sealer)) {
                return;
            }
        }
        LOG.info("a sealer has gone; what it is to seal waits for it");
        renew();
    }

    /** Who seals under an id now. */
    synchronized Optional<SealerHolder> find(String id) {
        return came.stream().filter(holder -> holder.id.equals(id)).findFirst();
    }
}
