package org.partyline.shell.setup;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.partyline.api.engine.Channels.Channel;
import org.partyline.shell.output.Console;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;

/** What somebody can do who has a server now: commands to type as they stand, the nearest first. */
final class WhatNow {
    private static final int COLUMN = 26;

    private final Map<String, String> commands = new LinkedHashMap<>();

    /**
     * @param nodes whether there is any
     * @param playing whether one of them is embedded
     * @param channel that was made or joined
     * @param restored the backup; empty: there was none
     */
    WhatNow(boolean nodes, boolean playing, Optional<Channel> channel, Optional<SetupRestore> restored) {
        if (!nodes) {
            commands.put("node-add --help", "a way to the network: without one nothing leaves");
        }
        if (restored.isPresent()) {
            if (restored.get().onlyReads()) {
                commands.put("restore-takeover", "once the original is gone: until then this server only reads");
            }
            commands.put("persona-list", "who you are");
            commands.put("conversation-list", "your channels and contacts");
        } else {
            channel.ifPresentOrElse(
                    made -> commands.put("say Hello", "to " + Sanitizer.line(made.name())),
                    () -> commands.put("channel-create lobby", "a place to talk"));
            commands.put("persona-card", "for people who want to write to you alone");
        }
        if (nodes && !playing) {
            commands.put("wallet-status", "what there is to pay with");
        }
        commands.put("tour", "try it all in two minutes, with play money");
        commands.put("help", "what there is to do");
    }

    void print(Console console) {
        console.line("");
        console.line(console.paint(Style.BOLD, "What now"));
        commands.forEach((command, what) -> console.hanging(
                "  " + console.paint(Style.ONE, command) + " ".repeat(COLUMN - command.length()), what));
        console.line("");
        console.paragraph("After a restart, open the store with partyline:unlock.");
    }
}
