package org.partyline.hardening;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.health.Liveness;

class ServiceReportTest {
    private final List<String> told = new ArrayList<>();
    private Optional<Liveness> console = Optional.empty();
    private Optional<String> failure = Optional.empty();
    private String role = "";
    private final ServiceReport report =
            new ServiceReport(told::add, 5_000_000, () -> console, () -> role, () -> failure);

    @Test
    void itHasStartedWhenTheConsoleAnswersAndNotBefore() {
        report.round();
        console = Optional.of(() -> Optional.of("no server answers"));
        report.round();
        assertEquals(List.of(), told);
        assertFalse(report.isReady());
        console = Optional.of(Optional::empty);
        report.round();
        assertEquals(List.of("READY=1\nSTATUS=The console responds.\nWATCHDOG_USEC=5000000"), told);
        assertTrue(report.isReady());
    }

    @Test
    void aStandbyHasStartedWithoutAConsole() {
        report.round();
        assertFalse(report.isReady());
        role = "standby";
        report.round();
        report.round();
        assertEquals(
                List.of("READY=1\nSTATUS=Standby: another server leads.\nWATCHDOG_USEC=5000000", "WATCHDOG=1"), told);
    }

    @Test
    void aStandbyThatTakesOverSaysSo() {
        role = "standby";
        report.round();
        role = "leader";
        report.round();
        console = Optional.of(Optional::empty);
        report.round();
        report.round();
        role = "silent";
        report.round();
        assertEquals(
                List.of(
                        "WATCHDOG=1\nSTATUS=Leader; services are starting.",
                        "WATCHDOG=1\nSTATUS=Leader; the console responds.",
                        "WATCHDOG=1",
                        "WATCHDOG=1\nSTATUS=The database does not answer."),
                told.subList(1, told.size()));
    }

    @Test
    void aServerStandsByWhereItsLockSaysSo(@TempDir Path home) throws IOException {
        assertEquals("", ServiceWatch.role(null));
        assertEquals("", ServiceWatch.role(home.toString()));
        Files.createDirectories(home.resolve("run"));
        Files.writeString(home.resolve("run/role"), "standby\nit stands by\n");
        assertEquals("standby", ServiceWatch.role(home.toString()));
        Files.writeString(home.resolve("run/role"), "leader\nit leads\n");
        assertEquals("leader", ServiceWatch.role(home.toString()));
    }

    @Test
    void itIsWellOnlyWhileEveryPartIs() {
        console = Optional.of(Optional::empty);
        report.round();
        report.round();
        failure = Optional.of("vault: the thread 'sender'\nhas ended");
        report.round();
        report.round();
        failure = Optional.empty();
        report.round();
        report.round();
        assertEquals(
                List.of(
                        "WATCHDOG=1",
                        "STATUS=Not healthy: vault: the thread 'sender'?has ended",
                        "WATCHDOG=1\nSTATUS=All services run again. The console responds.",
                        "WATCHDOG=1"),
                told.subList(1, told.size()));
    }

    @Test
    void aConsoleThatIsStoppedLaterIsNoFailure() {
        console = Optional.of(Optional::empty);
        report.round();
        console = Optional.empty();
        report.round();
        assertEquals("WATCHDOG=1", told.get(1));
    }

    @Test
    void aServiceManagerThatIsAwayStopsNothing() {
        ServiceReport alone = new ServiceReport(
                message -> {
                    throw new IOException("nobody is there");
                },
                0,
                () -> Optional.of(Optional::empty),
                () -> "",
                Optional::empty);
        alone.round();
        alone.round();
        assertTrue(alone.isReady());
    }

    @Test
    void onlyTheProcessThatIsWatchedFeedsTheWatchdog() {
        assertEquals(30_000_000, ServiceWatch.watchdogMicros("30000000", "7", 7));
        assertEquals(30_000_000, ServiceWatch.watchdogMicros("30000000", null, 7));
        assertEquals(0, ServiceWatch.watchdogMicros("30000000", "8", 7));
        assertEquals(0, ServiceWatch.watchdogMicros(null, null, 7));
        assertEquals(0, ServiceWatch.watchdogMicros("soon", null, 7));
    }
}
