package org.partyline.webserver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Conversations.Selection;
import org.partyline.api.engine.Events;
import org.partyline.api.web.Scope;
import org.partyline.api.web.WebAccess.Wanted;
import org.partyline.testkit.MemoryStore;

class WebServiceTest {
    @Test
    void aRevokedTokenLeavesNoConsumerOfEvents() throws Exception {
        List<String> calls = new ArrayList<>();
        WebService service = new WebService();
        service.store = MemoryStore.open();
        service.events = (Events) Proxy.newProxyInstance(
                Events.class.getClassLoader(), new Class<?>[] {Events.class}, (proxy, method, arguments) -> {
                    calls.add(method.getName() + " " + List.of(arguments));
                    return null;
                });
        String id = service.create(new Wanted(
                        "bot", EnumSet.of(Scope.READ), Selection.EVERYTHING, OptionalLong.empty(), Optional.empty()))
                .token()
                .id();
        service.revoke("bot");
        assertEquals(List.of("forget [" + id + "]"), calls);
    }
}
