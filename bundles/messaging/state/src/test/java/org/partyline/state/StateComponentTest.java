package org.partyline.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.cover.CoverTraffic;
import org.partyline.api.engine.Messages;
import org.partyline.api.metrics.StageMeter;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.settings.ReadingSettings;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.EventHub;
import org.partyline.messaging.state.Live;
import org.partyline.messaging.state.Protocols;
import org.partyline.messaging.state.StateOwner;
import org.partyline.messaging.state.StateServices;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.Logged;
import org.partyline.testkit.MemoryStore;
import org.partyline.testkit.TestSettings;
import org.partyline.testkit.messaging.StageBench;

/** The components of the state as bundles stop and start. */
class StateComponentTest {
    private final StateComponent state =
            new StateComponent(MemoryStore.open(), new StageBench.NoOutages(), new HandSetClock(), new SecureRandom());

    @AfterEach
    void close() {
        state.stop();
    }

    /** The services of the protocol's bundles; the server creates cover traffic itself, from a factory. */
    static Stream<Field> parts() {
        return Arrays.stream(Protocols.class.getFields())
                .filter(field -> type(field) != CoverTraffic.class && type(field) != OperatorSettings.class);
    }

    private static Class<?> type(Field field) {
        return (Class<?>) ((ParameterizedType) field.getGenericType()).getActualTypeArguments()[0];
    }

    private static <T> T none(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> switch (method.getName()) {
                    case "equals" -> self == arguments[0];
                    case "hashCode" -> System.identityHashCode(self);
                    default -> null;
                }));
    }

    @ParameterizedTest
    @MethodSource("parts")
    void aPartIsUsedFromWhenItComesUntilItGoes(Field field) throws Exception {
        AtomicInteger told = new AtomicInteger();
        state.services().notices().bus().on(Bus.PartsReturned.class, event -> told.incrementAndGet());
        Class<?> type = type(field);
        Live<?> live = (Live<?>) field.get(state.services().protocols());
        Object part = none(type);
        assertFalse(live.isHere());
        StateComponent.class.getMethod("set" + type.getSimpleName(), type).invoke(state, part);
        assertEquals(Optional.of(part), live.instance());
        assertEquals(1, told.get(), "what waited for it goes on");
        StateComponent.class.getMethod("unset" + type.getSimpleName(), type).invoke(state, part);
        assertFalse(live.isHere());
    }

    @Test
    void theLastSettingsStayInUse() {
        OperatorSettings settings = state.services().settings();
        assertThrows(AbsentException.class, settings::get);
        TestSettings present = new TestSettings();
        state.setOperatorSettings(present);
        assertEquals(present.get(), settings.get());
        assertTrue(state.services().protocols().operatorSettings.isHere());
        state.unsetOperatorSettings(present);
        assertEquals(present.get(), settings.get());
        assertFalse(state.services().protocols().operatorSettings.isHere());
        assertThrows(Exception.class, () -> settings.set("fee-cap-hour", "1sat"), "nobody is here who keeps it");
    }

    @Test
    void messagesOfAChainAreToldInTheirOrderWithinTheTimeThatIsSet() throws Exception {
        TestSettings settings = new TestSettings();
        // Longer than any wait of this test.
        settings.reading(new ReadingSettings(true, Duration.ofHours(1), Duration.ofDays(14)));
        state.setOperatorSettings(settings);
        EventHub events = state.services().notices().events();
        List<Messages.Event> told = new CopyOnWriteArrayList<>();
        Messages.Event first = new Messages.Event(Optional.empty(), Optional.empty());
        try (AutoCloseable following = events.follow(Messages.Query.ALL, told::add)) {
            events.startLine(7, 0);
            events.arrived(7, 1, Optional.of(new Messages.Event(Optional.empty(), Optional.empty())));
            events.arrived(7, 0, Optional.of(first));
            Eventually.that("both are told", () -> told.size() == 2);
            assertSame(first, told.get(0));
            settings.reading(new ReadingSettings(true, Duration.ofMillis(1), Duration.ofDays(14)));
            events.startLine(8, 0);
            events.arrived(8, 5, Optional.of(new Messages.Event(Optional.empty(), Optional.empty())));
            Eventually.that("it is told though others are missing", () -> told.size() == 3);
        }
    }

    @Test
    void theLogNamesWhatAListenerForMessagesThrowsByItsKindOnly() throws Exception {
        EventHub events = state.services().notices().events();
        List<Messages.Event> told = new CopyOnWriteArrayList<>();
        String log = Logged.during(() -> {
            try (AutoCloseable failing = events.follow(Messages.Query.ALL, event -> {
                        throw new IllegalStateException("words of a message");
                    });
                    AutoCloseable following = events.follow(Messages.Query.ALL, told::add)) {
                events.startLine(7, 0);
                events.arrived(7, 0, Optional.of(new Messages.Event(Optional.empty(), Optional.empty())));
                Eventually.that("the other one is told", () -> !told.isEmpty());
            }
        });
        assertTrue(
                log.contains("a listener for messages failed: IllegalStateException at state.StateComponentTest."),
                log);
        assertFalse(log.contains("words of a message"), log);
    }

    @Test
    void securityEventsAreRecordedWhileThereIsALog() {
        List<String> recorded = new ArrayList<>();
        AuditLog log = (AuditLog) Proxy.newProxyInstance(
                AuditLog.class.getClassLoader(),
                new Class<?>[] {AuditLog.class},
                (self, method, arguments) -> recorded.add((String) arguments[0]) ? null : null);
        state.services().notices().security().recordOwn("lost", "nobody is here");
        state.setAuditLog(log);
        state.services().notices().security().recordOwn("kept", "somebody is");
        assertEquals(List.of("kept"), recorded);
    }

    @Test
    void measurementsAreToldToWhoeverListens() {
        List<Duration> late = new ArrayList<>();
        StageMeter meter = (StageMeter) Proxy.newProxyInstance(
                StageMeter.class.getClassLoader(),
                new Class<?>[] {StageMeter.class},
                (self, method, arguments) -> late.add((Duration) arguments[0]) ? null : null);
        state.setMeter(meter);
        state.services().meter().departed(Duration.ofSeconds(1));
        state.unsetMeter(meter);
        state.services().meter().departed(Duration.ofSeconds(2));
        assertEquals(List.of(Duration.ofSeconds(1)), late);
    }

    @Test
    void itsServicesAreThereUntilItIsStoppedAndItsThreadEndsWithIt() {
        Set<Class<?>> registered = StageBench.publish(state::publish);
        assertEquals(Set.of(StateServices.class, StateOwner.class), registered);
        assertEquals(registered, state.offers().all().keySet());
        assertEquals(Optional.empty(), state.failure());
        state.stop();
        assertEquals(Set.of(), registered);
        StateComponent other = new StateComponent(
                MemoryStore.open(), new StageBench.NoOutages(), new HandSetClock(), new SecureRandom());
        other.stop();
        assertEquals(Optional.of("the thread 'events' has stopped"), other.failure());
    }
}
