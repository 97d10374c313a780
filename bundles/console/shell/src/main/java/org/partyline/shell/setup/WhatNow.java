package org.partyline.shell.setup;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.partyline.api.engine.Channels.Channel;
import org.partyline.shell.output.Console;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;

/** Suggests the next commands after a setup, the most useful first. */
final class WhatNow {
    private static final int COLUMN = 26;

    private final Map<String, String> commands = new LinkedHashMap<>();

    /**
     * @param nodes whether there are any
     * @param playing whether one of them is embedded
     * @param channel that was created or joined
     * @param restored the backup; empty if there was none
     */
    WhatNow(boolean nodes, boolean playing, Optional<Channel> channel, Optional<SetupRestore> restored) {
        if (!nodes) {
            commands.put("node-add --help", "connects to the network: without a node, nothing is sent");
        }
        if (restored.isPresent()) {
            if (restored.get().onlyReads()) {
                commands.put(
                        "restore-takeover",
                        "allows sending once the original is gone; until then, this server only reads");
            }
            commands.put("persona-list", "lists your personas");
            commands.put("conversation-list", "lists your channels and contacts");
        } else {
            channel.ifPresentOrElse(
                    made -> commands.put("say Hello", "to " + Sanitizer.line(made.name())),
                    () -> commands.put("channel-create lobby", "creates a place to talk"));
            commands.put("persona-card", "shows the card for people who want to write to you alone");
        }
        if (nodes && !playing) {
            commands.put("wallet-status", "shows the coins you can pay with");
        }
        commands.put("tour", "takes a two-minute tour with play money");
        commands.put("help", "lists the commands");
    }

    void print(Console console) {
        console.line("");
        console.line(console.paint(Style.BOLD, "Next steps"));
        commands.forEach((command, what) -> console.hanging(
                "  " + console.paint(Style.ONE, command) + " ".repeat(COLUMN - command.length()), what));
        console.line("");
        console.paragraph("After a restart, open the store with partyline:unlock.");
    }
}
