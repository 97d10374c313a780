/** The web server, and the tokens of programs that use it. */
package org.partyline.shell.web;
