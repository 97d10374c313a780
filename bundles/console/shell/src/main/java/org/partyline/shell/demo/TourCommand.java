package org.partyline.shell.demo;

import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.partyline.api.PartylineException;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreLockedException;
import org.partyline.consoleline.ExitStatus;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Guides a new user through a tour. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "tour",
        description = "Take a two-minute tour with play money: send, burn, recall, roll, and change the cipher",
        detailedDescription = "partyline:tour\npartyline:tour --yes")
@Needs(Role.OPERATE)
final class TourCommand extends PartylineCommand {
    private static final int PROGRESS = 10;

    @Option(name = "--yes", description = "Do not ask: use the suggested words")
    private boolean yes;

    @Option(
            name = "--throwaway",
            description = "In a new data directory: create a store with a random passphrase that is not kept")
    private boolean throwaway;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        Store.State state = engine().vault().state();
        if (state == Store.State.NEW && !throwaway) {
            throw new CommandError(
                    ExitStatus.LOCKED,
                    "there is no store yet: create one with partyline:setup, or exit and start ./partyline "
                            + "tour, which needs none");
        }
        if (state == Store.State.NEW) {
            play(new DemoStage(context(), Cast.DEMO, this::progress), true);
            return;
        }
        if (state != Store.State.OPEN) {
            throw StoreLockedException.of(state);
        }
        DemoStage stage = new DemoStage(context(), Cast.GUESTS, this::progress);
        try {
            play(stage, false);
        } finally {
            clear(stage);
        }
    }

    private void play(DemoStage stage, boolean own) throws CommandError, PartylineException, InterruptedException {
        Cast cast = own ? Cast.DEMO : Cast.GUESTS;
        if (!json()) {
            console().line(console().paint(Style.BOLD, "This tour uses play money. Press Ctrl-C to end it."));
            console().line("");
        }
        if (own) {
            stage.prepare();
        } else {
            stage.prepareBeside();
        }
        try (DemoTalk talk = new DemoTalk(context(), cast)) {
            boolean asks = !yes && !json() && console().canAsk();
            List<TourSteps.Step> steps = new TourSteps(context(), cast, stage, talk, !json(), asks).all();
            print(new Document(steps), () -> epilogue(steps, own));
        }
    }

    /** Ctrl-C was meant for the tour, not for its clean-up. */
    private static void clear(DemoStage stage) throws CommandError, PartylineException {
        boolean interrupted = Thread.interrupted();
        try {
            stage.clear();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void progress(String what, String how) {
        if (!json()) {
            console().hanging("  " + console().paint(Style.BOLD, what) + " ".repeat(PROGRESS - what.length()), how);
        }
    }

    private void epilogue(List<TourSteps.Step> steps, boolean own) {
        long fees = steps.stream().mapToLong(TourSteps.Step::feeSat).sum();
        console().paragraph("The tour is finished. It cost " + Units.sat(fees) + " of play money. Try it yourself:");
        console().line("");
        suggest("say Hello again", own ? "as alice, to lobby" : "to your channel");
        suggest("help talk", "shows each of these commands with an example");
        suggest("status", "shows everything on one screen");
        console().line("");
        console()
                .paragraph(
                        own
                                ? "The store's passphrase is random and was not kept: once this server stops, nobody can "
                                        + "open the store again. To set up your own server, run ./partyline and then setup."
                                : "Everything the tour created is removed.");
    }

    private void suggest(String command, String what) {
        console().hanging("  " + console().paint(Style.ONE, command) + " ".repeat(20 - command.length()), what);
    }

    record Document(List<TourSteps.Step> steps) {}
}
