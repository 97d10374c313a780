package org.partyline.shell.channel;

import java.util.Locale;
import org.partyline.api.engine.Channels.Channel;
import org.partyline.api.engine.Channels.Look;
import org.partyline.api.engine.Channels.Reading;
import org.partyline.shell.message.MessageText;
import org.partyline.shell.output.Console;
import org.partyline.shell.output.QrCode;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Units;

/** How channels read on the console. */
public final class ChannelText {
    private ChannelText() {}

    /** How messages to it are sealed. */
    static String mode(Channel channel) {
        return channel.mode().name().toLowerCase(Locale.ROOT);
    }

    /** One line about a channel that we are in now. */
    public static String joined(Channel channel) {
        return Sanitizer.line(channel.persona()) + " is in channel " + Sanitizer.line(channel.name()) + " on "
                + channel.network().label() + " (" + mode(channel)
                + channel.carrier()
                        .map(carrier -> ", " + MessageText.carrier(carrier))
                        .orElse("")
                + ", " + KdfChoice.describe(channel.kdf()) + ").";
    }

    /** Whether two channels of one name have other keys for certain: one joined by name, say, and one made with an invite. */
    static boolean isNamesake(Channel one, Channel other) {
        return one.name().equals(other.name())
                && one.network() == other.network()
                && !(one.startDay() == other.startDay() && one.kdf().equals(other.kdf()));
    }

    /** What is wrong with it, to who has joined another one. */
    static String namesake(Channel other) {
        return "This is not the channel " + Sanitizer.line(other.name()) + " that " + Sanitizer.line(other.persona())
                + " is in: that one has an invite of its own (partyline:channel-invite --persona "
                + Sanitizer.line(other.persona()) + " " + Sanitizer.line(other.name())
                + "). What is said in one is not read in the other.";
    }

    /** From when a new member reads, and what it waits for. */
    static String reading(Reading reading) {
        String now = reading.chains() == 0
                ? "So far no running chain is known here"
                : "What comes next on " + Units.count(reading.chains(), "running chain") + " is read at once";
        return now + ". " + look(reading.look())
                + " Of anybody else you read what they write from the start of their next chain: after at most 100 messages (25"
                + " by default) or 24 hours.";
    }

    private static String look(Look look) {
        return switch (look) {
            case DONE -> "All that waits in mempools, and the blocks of the last day, was looked through or is now.";
            case RUNNING ->
                "The blocks of the last day are looked through for the packets that open chains, as soon as a node is"
                        + " ready: what is found appears in partyline:messages.";
            case UNABLE -> "No node here tells the blocks of before, so only mempools are looked through.";
        };
    }

    /** By which carrier messages leave that do not name one. */
    static String carrier(Channel channel) {
        return channel.carrier().map(MessageText::carrier).orElse("as set");
    }

    /** The invite, for eyes, for the clipboard and for a camera. */
    public static void invite(Console console, String invite) {
        console.line("Invite: " + console.paint(Style.BOLD, invite));
        QrCode.print(console, invite);
        console.paragraph("Joining also requires the passphrase. Send it separately from the invite.");
    }
}
