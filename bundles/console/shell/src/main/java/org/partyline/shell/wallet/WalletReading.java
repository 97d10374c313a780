package org.partyline.shell.wallet;

import java.time.Duration;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.json.LocalWalletView;
import org.partyline.api.transport.LocalWallets.Progress;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;

/** Reports the progress of reading blocks for a wallet, and waits for its end with {@code --wait}. */
final class WalletReading {
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    /** Without a terminal, one line for each step of this size, so that a log stays short. */
    private static final int STEP_PERCENT = 10;

    private final PartylineCommand command;
    private final Network network;

    WalletReading(PartylineCommand command, Network network) {
        this.command = command;
        this.network = network;
    }

    /** @param done a description of what was done to the wallet */
    void end(String done, boolean wait) throws CommandError, PartylineException {
        Progress progress = now();
        if (!command.json()) {
            command.console()
                    .line("Wallet " + Sanitizer.line(progress.name()) + " on " + network.label() + " " + done + ".");
        }
        if (wait) {
            progress = await(progress);
        } else if (!command.json()) {
            command.next("partyline:wallet-status shows the progress.");
        }
        if (command.json()) {
            command.console().json(LocalWalletView.of(progress));
        }
    }

    private Progress now() throws CommandError, PartylineException {
        return LocalWalletChoice.existing(command.engine(), network.label());
    }

    private Progress await(Progress first) throws CommandError, PartylineException {
        Progress progress = first;
        String shown = "";
        try {
            while (!progress.upToDate()) {
                shown = show(progress, shown);
                command.context().pause().forA(LOOK_EVERY);
                progress = now();
            }
        } catch (InterruptedException e) {
            // Ctrl-C ends the waiting; reading continues.
            if (!command.json()) {
                overwrite(shown, "No longer waiting. Reading continues: partyline:wallet-status shows the progress.");
                command.console().line("");
            }
            return progress;
        }
        if (!command.json()) {
            overwrite(shown, "It " + LocalWalletText.progress(progress) + ".");
            command.console().line("");
            command.next("partyline:wallet-status");
        }
        return progress;
    }

    /** @return the line that was shown */
    private String show(Progress progress, String before) {
        if (command.json()) {
            return before;
        }
        String text = "It " + LocalWalletText.progress(progress) + " …";
        if (command.console().isTerminal()) {
            overwrite(before, text);
            return text;
        }
        String step =
                progress.node().isEmpty() ? "-" : String.valueOf(LocalWalletText.percent(progress) / STEP_PERCENT);
        if (!step.equals(before)) {
            command.console().line(text);
        }
        return step;
    }

    /** Replaces the previous line, on a terminal. */
    private void overwrite(String before, String text) {
        boolean over = command.console().isTerminal() && !before.isEmpty();
        String spaces = over ? " ".repeat(Math.max(0, before.length() - text.length())) : "";
        command.console().piece((over ? "\r" : "") + text + spaces);
    }
}
