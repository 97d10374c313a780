package org.partyline.messages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.partyline.api.engine.Messages.Send;
import org.partyline.api.settings.SendingSettings;
import org.partyline.messaging.mailbox.OutgoingMessage;

/** How long a message waits to leave: at least the configured time, however short its time to live is. */
class TimeToLeaveTest {
    private QuoteBench bench;

    @BeforeEach
    void open() throws Exception {
        bench = new QuoteBench();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private OutgoingMessage written(Optional<Duration> life) throws Exception {
        return bench.stage.outgoing(bench.messages
                .send(new Send(Optional.empty(), false, "lobby", "hello", life, false, false))
                .id());
    }

    private Duration waits(OutgoingMessage outgoing) {
        return Duration.ofMillis(outgoing.expires() - bench.clock.instant().toEpochMilli());
    }

    @ParameterizedTest
    @CsvSource({"PT1S, 1, PT24H", "PT15M, 15, PT24H", "PT24H, 1440, PT24H", "P7D, 10080, P7D"})
    void theTimeToLiveOfAMessageThatWaitsForLongBeginsWhenItLeaves(Duration life, int minutes, Duration waits)
            throws Exception {
        OutgoingMessage outgoing = written(Optional.of(life));
        assertEquals(minutes, outgoing.ttlMinutes());
        assertEquals(waits, waits(outgoing));
    }

    @Test
    void aMessageOfTheUsualTimeToLiveWaitsForAsLong() throws Exception {
        OutgoingMessage outgoing = written(Optional.empty());
        assertEquals(0, outgoing.ttlMinutes(), "its packets do not say it");
        assertEquals(Duration.ofHours(24), waits(outgoing));
        SendingSettings now = bench.stage.settings.get().sending();
        bench.stage.settings.sending(new SendingSettings(
                Duration.ofDays(7),
                now.maxBucket(),
                now.chainMessages(),
                now.within(),
                now.recallsExpired(),
                now.carrier(),
                now.jitter(),
                now.perMinute(),
                now.burst(),
                now.rebroadcastAfter()));
        assertEquals(Duration.ofDays(7), waits(written(Optional.empty())));
    }
}
