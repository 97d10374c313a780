package org.partyline.receive;

import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns of version-1 messages at most once a minute, with their count (PROTOCOL 10). */
public final class LegacyWarning {
    private static final Duration PAUSE = Duration.ofMinutes(1);
    private static final Logger LOG = LoggerFactory.getLogger(LegacyWarning.class);

    private Instant last = Instant.MIN;
    private int count;

    synchronized void count(Instant now) {
        count++;
        if (now.isAfter(last.equals(Instant.MIN) ? Instant.MIN : last.plus(PAUSE))) {
            LOG.warn(
                    "{} version-1 message(s) read: version 1 has no forward secrecy. To reject them, set "
                            + "allow-legacy-v1=false",
                    count);
            last = now;
            count = 0;
        }
    }
}
