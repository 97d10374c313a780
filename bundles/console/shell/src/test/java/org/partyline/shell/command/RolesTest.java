package org.partyline.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.partyline.consoleline.Role;
import org.partyline.shell.spi.Needs;
import org.partyline.shell.testing.AllCommands;
import org.partyline.shell.testing.Runner;

class RolesTest {
    private static Set<String> names(String words) {
        return new TreeSet<>(Arrays.asList(words.split("\\s+")));
    }

    @Test
    void everyCommandSaysItself() {
        AllCommands.FACTORIES.forEach(factory -> assertNotNull(
                factory.get().getClass().getAnnotation(Needs.class),
                factory.get().getClass() + " says no role"));
    }

    @Test
    void whoMayRunWhat() {
        Map<Role, Set<String>> found = new EnumMap<>(Role.class);
        AllCommands.FACTORIES.forEach(factory -> {
            BoundCommand command = Runner.plain()
                    .command(
                            CommandLayout.of(factory.get().getClass()).command().name());
            found.computeIfAbsent(command.role(), role -> new TreeSet<>()).add(command.getName());
        });
        assertEquals(
                Map.of(
                        Role.EVERYONE,
                        names("status version doctor node-list node-status fee-status decoy-status suite-list"),
                        Role.TALK,
                        names(
                                "say send resend messages events read search react edit forget recall cancel outbox inspect"
                                        + " conversation-list mark-read mute draft channel-list channel-who persona-list persona-card"
                                        + " contact-add contact-list contact-verify contact-rename contact-set contact-remove receipts"
                                        + " session-open session-list session-protect session-close"
                                        + " web-login web-devices web-logout"),
                        Role.OPERATE,
                        names("setup demo tour unlock lock config log audit privacy decoy-start decoy-stop fee-limit"
                                + " node-add node-remove node-pause node-resume suite-prefer suite-allow suite-deny"
                                + " wallet-status wallet-address wallet-create wallet-restore wallet-rescan wallet-words wallet-label"
                                + " channel-create channel-join channel-set channel-leave channel-invite"
                                + " persona-create persona-use persona-rotate"
                                + " backup-export backup-import restore-takeover secrets-status secrets-move"
                                + " web-start web-stop token-create token-list token-revoke"
                                + " hook-list hook-redeliver hook-remove"),
                        Role.ERASE,
                        names("panic shred persona-delete passphrase-change duress-set duress-remove"),
                        Role.OWNER,
                        names("hook-add")),
                found);
    }
}
