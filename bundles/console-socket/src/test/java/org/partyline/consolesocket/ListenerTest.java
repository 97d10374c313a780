package org.partyline.consolesocket;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.attribute.UserPrincipal;
import org.junit.jupiter.api.Test;

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
}
