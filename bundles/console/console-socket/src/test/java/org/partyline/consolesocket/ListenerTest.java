package org.partyline.consolesocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.consolesocket.wire.SocketPlace;

class ListenerTest {
    private record User(String getName) implements UserPrincipal {
        @Override
        public String getName() {
            return getName;
        }
    }

    private static final User OWNER = new User("alice");
    private static final User ROOT = new User("root");

    @Test
    void theOwnerAndRootMayEnterAndNobodyElse() {
        assertTrue(Listener.mayEnter(OWNER, OWNER, ROOT));
        assertTrue(Listener.mayEnter(ROOT, OWNER, ROOT));
        assertFalse(Listener.mayEnter(new User("mallory"), OWNER, ROOT));
    }

    @Test
    void aConnectionOfAnotherUserIsClosedBeforeAnythingIsReadOrSaid(@TempDir Path home) throws IOException {
        SocketPlace place = new SocketPlace(home);
        AtomicBoolean visited = new AtomicBoolean();
        try (Listener listener = new Listener(
                        place, (client, otherwise) -> new User("mallory"), link -> () -> visited.set(true));
                SocketChannel client = place.use(SocketChannel::open)) {
            assertEquals(-1, client.read(ByteBuffer.allocate(1)));
        }
        assertFalse(visited.get());
    }
}
