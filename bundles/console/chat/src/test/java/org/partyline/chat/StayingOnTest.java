package org.partyline.chat;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.karaf.shell.api.console.Session;
import org.junit.jupiter.api.Test;
import org.partyline.consoleline.KeepAlive;
import org.partyline.testkit.Eventually;

class StayingOnTest {
    private final AtomicInteger said = new AtomicInteger();

    private static Session session(Runnable keeping) {
        return (Session) Proxy.newProxyInstance(
                Session.class.getClassLoader(),
                new Class<?>[] {Session.class},
                (self, method, arguments) ->
                        method.getName().equals("get") && arguments[0].equals(KeepAlive.VARIABLE) ? keeping : null);
    }

    @Test
    void itSaysThatItsConsoleIsInUseForAsLongAsItIsOpen() {
        try (StayingOn staying = new StayingOn(session(said::incrementAndGet), Duration.ofMillis(1))) {
            Eventually.that("it was said a few times", () -> said.get() >= 3);
        }
        Eventually.that(
                "its thread ended",
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().equals("partyline-chat-keep-alive")));
    }
}
