package org.partyline.chat.act;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.partyline.chat.model.Popup;

/** The text that F1 shows. */
public final class HelpText {
    private static final List<String> LINES = List.of(
            "Enter sends · Alt-Enter or Ctrl-J starts a new line · a paste is one message",
            "Above the input line: the cost of the text, before it is sent",
            "",
            "Ctrl-N, Ctrl-P   next and previous conversation",
            "Alt-A            next conversation with unread messages",
            "F2   /list       list of conversations (a click opens one)",
            "     /go NAME    open a conversation; Tab completes the name",
            "PgUp, PgDn       scroll the history (also the mouse wheel)",
            "Ctrl-Home, -End  first and last message",
            "Ctrl-↑, Ctrl-↓   choose a message, for F8, F9 and Enter",
            "",
            "F3   /search WORDS   find words; F3 again: the previous match",
            "F4   /burn           each reader can read it once, then it is erased",
            "F5   /ttl 15m        time to live, 1m to 45d; /ttl alone: readers' setting",
            "F6   /sign           prove to every reader, forever, who wrote it",
            "F7   /carrier NAME   carrier; /carrier alone: the default",
            "F8   /recall [ID]    recall a message",
            "F9   /inspect [ID]   show all details of a message",
            "     /read [ID]      show the whole message, a burn message once (or Enter)",
            "     /reply          reply to the chosen message",
            "     /react X        react with one character; /react alone removes it",
            "     /edit WORDS     replace the text of your message",
            "     /forget         erase the chosen one; for yours, readers are asked to",
            "     /who            who was heard in this channel",
            "     /persona NAME   speak as another persona",
            "     /me waves       a message that says what you do",
            "     /transcript FILE   copy new messages to a file, unencrypted; off: stop",
            "     //word          sends /word",
            "Ctrl-C   /quit, :q   leave; nothing of this stays on the terminal",
            "",
            "Before a name:   ✓ safety number compared",
            "                 ? not compared, or a nickname, which anyone can use",
            "                 ↻ new keys since then · ! looks like another name",
            "and the proof:   S signed by a known key · s by an unknown key",
            "                 X wrong signature · 1 version 1");

    private HelpText() {}

    /** Returns the popup. @param zone of the times on the screen */
    public static Popup popup(ZoneId zone) {
        List<String> lines = new ArrayList<>(LINES);
        lines.add("Beside the time: when the message is erased. Times are "
                + (zone.equals(ZoneOffset.UTC) ? "UTC" : zone.getId()) + ".");
        return new Popup("Help", lines, 0);
    }
}
