package org.partyline.chat.act;

import java.util.List;
import org.partyline.chat.model.Popup;

/** What F1 shows. */
public final class HelpText {
    private static final List<String> LINES = List.of(
            "Enter sends · Alt-Enter or Ctrl-J begins a new line · a paste is one message",
            "Above the input line: what the text costs, before it is sent",
            "",
            "Ctrl-N, Ctrl-P   next and previous conversation",
            "Alt-A            the next one with something new",
            "F2   /list       list of conversations (a click opens one)",
            "     /go NAME    open a conversation; Tab completes the name",
            "PgUp, PgDn       through the history (the wheel, too)",
            "Ctrl-Home, -End  its ends",
            "Ctrl-↑, Ctrl-↓   choose a message, for F8, F9 and Enter",
            "",
            "F3   /search WORDS   find words; again with F3: the one before",
            "F4   /burn           readers see it once, then it is erased",
            "F5   /ttl 15m        time to live, 1m to 45d; /ttl alone: the readers' own",
            "F6   /sign           prove to every reader, forever, who wrote it",
            "F7   /carrier NAME   how it travels; alone: as it is set",
            "F8   /recall [ID]    take a message back",
            "F9   /inspect [ID]   all that is known of a message",
            "     /read [ID]      a message whole, a burn message once (or Enter)",
            "     /reply          the next message answers the chosen one",
            "     /react X        a reaction of one character; alone: none any more",
            "     /edit WORDS     other words for a message of yours",
            "     /forget         erase the chosen one; readers of yours are asked to",
            "     //word          sends /word",
            "Ctrl-C   /quit, :q   leave; nothing of this stays on the terminal",
            "",
            "Before a name:   ✓ its safety number was compared",
            "                 ? nobody compared it, or a nickname, which anybody may take",
            "                 ↻ other keys since then · ! looks like another name",
            "and the proof:   S signed by a known key · s by an unknown key",
            "                 X wrong signature · 1 version 1",
            "Beside the time: when the message is erased. Times are UTC.");

    private HelpText() {}

    /** To be shown. */
    public static Popup popup() {
        return new Popup("Help", LINES, 0);
    }
}
