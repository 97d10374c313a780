/** What commands print: text for people, on terminals and off them, and JSON for programs. */
package org.partyline.shell.output;
