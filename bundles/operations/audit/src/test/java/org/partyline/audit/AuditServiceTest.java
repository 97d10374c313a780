package org.partyline.audit;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.service.event.Event;
import org.osgi.service.event.EventAdmin;

class AuditServiceTest {
    @TempDir
    Path home;

    private static final class Events implements EventAdmin {
        private final List<Event> posted = new ArrayList<>();

        @Override
        public void postEvent(Event event) {
            posted.add(event);
        }

        @Override
        public void sendEvent(Event event) {
            throw new IllegalStateException("this would wait for handlers");
        }
    }

    private static BundleContext context(Map<String, String> properties) {
        return (BundleContext) Proxy.newProxyInstance(
                AuditServiceTest.class.getClassLoader(),
                new Class<?>[] {BundleContext.class},
                (proxy, method, args) -> {
                    assertEquals("getProperty", method.getName());
                    return properties.get(args[0]);
                });
    }

    @Test
    void eachEntryIsAnEvent() {
        Events events = new Events();
        AuditService service = new AuditService(context(Map.of("partyline.home", home.toString())));
        service.events = events;
        service.start();
        service.record("handshake-refused", "it offered 'nothing'");
        assertEquals(1, events.posted.size());
        Event event = events.posted.get(0);
        assertEquals("org/partyline/security/handshake-refused", event.getTopic());
        assertEquals("handshake-refused", event.getProperty("event"));
        assertEquals("it offered '…'", event.getProperty("detail"));
        assertEquals(service.newest(1).get(0).time().toEpochMilli(), event.getProperty("timestamp"));
    }

    @Test
    void anyNameIsATopic() {
        Events events = new Events();
        AuditService service = new AuditService(context(Map.of("partyline.home", home.toString())));
        service.events = events;
        for (String name : new String[] {"a/b", "*", "", "ünlocked", "\n", "//", "-"}) {
            service.record(name, "");
        }
        assertEquals(7, events.posted.size());
    }

    @Test
    void withoutEventAdminOrWithOneThatFailsAllIsWritten() throws Exception {
        AuditService service = new AuditService(context(Map.of("partyline.home", home.toString())));
        service.start();
        service.record("unlocked", "first");
        service.events = (EventAdmin) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {EventAdmin.class}, (proxy, method, args) -> {
                    throw new IllegalStateException("stopped");
                });
        assertDoesNotThrow(() -> service.record("locked", "second"));
        assertEquals(2, Files.readAllLines(home.resolve("audit/audit.log")).size());
    }

    @Test
    void theHomeIsPartylinesOrKarafs() {
        Path other = home.resolve("karaf");
        AuditService service = new AuditService(context(Map.of("partyline.home", " ", "karaf.data", other.toString())));
        service.record("unlocked", "words");
        assertTrue(Files.exists(other.resolve("partyline/audit/audit.log")));
        assertFalse(Files.exists(home.resolve("audit")));
    }

    @Test
    void followersOfTheServiceAreTold() throws Exception {
        AuditService service = new AuditService(context(Map.of("partyline.home", home.toString())));
        List<String> told = new ArrayList<>();
        try (AutoCloseable subscription = service.follow(entry -> told.add(entry.event()))) {
            service.record("unlocked", "words");
        }
        service.record("locked", "words");
        assertEquals(List.of("unlocked"), told);
    }

    @Test
    void erasedItBeginsAnewWithNothing() throws Exception {
        AuditService service = new AuditService(context(Map.of("partyline.home", home.toString())));
        service.start();
        service.record("persona-deleted", "who it was");
        service.erase();
        assertEquals(List.of(), service.newest(10));
        try (var files = java.nio.file.Files.list(home.resolve("audit"))) {
            assertEquals(0, files.count());
        }
        service.record("unlocked", "the store was opened");
        AuditService next = new AuditService(context(Map.of("partyline.home", home.toString())));
        next.start();
        assertEquals(1, next.newest(10).size());
        assertEquals("unlocked", next.newest(10).get(0).event());
        String file = java.nio.file.Files.readString(home.resolve("audit/audit.log"));
        assertEquals(0, file.indexOf("{\"n\":1,"));
        next.erase();
        next.erase();
    }
}
