package org.partyline.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.partyline.consoleline.Role;
import org.partyline.shell.spi.Needs;

class ChatCommandTest {
    @Test
    void itIsForThoseWhoTalk() {
        assertEquals(Role.TALK, ChatCommand.class.getAnnotation(Needs.class).value());
    }
}
