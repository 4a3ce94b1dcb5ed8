/**
 * Tools that hunt for weaknesses and say so in `User-Agent`. Crawlers, monitors, libraries and research scanners with a
 * page about themselves are none: their names prove no intent.
 */

import { Remembered } from '../core/remembered.ts';

const tools =
  /\b(?:sqlmap|nikto|nuclei|nmap scripting|nmap|masscan|zgrab|zmeu|havij|acunetix|nessus|openvas|netsparker|invicti|appscan|w3af|wpscan|joomscan|droopescan|dirbuster|dirb|gobuster|feroxbuster|ffuf|wfuzz|fuzz faster|arachni|skipfish|whatweb|jorgee|morfeus|muieblackcat|blackwidow|commix|xsser|xspider|hydra|patator|brutus|metasploit|burp(?:suite)?|owasp zap|zaproxy|vega\/|paros|jaeles|xray|goby|fscan|pocsuite|dalfox|dirsearch|webshag|grendel-scan|sqlninja|bsqlbf|pangolin|cgichk|n-stealth|whisker|webinspect|qualys was|rustscan|hello,? world|l9explore|l9tcpid|leakix|interactsh|tsunami(?:security)?scanner|jndiexploit|log4j-scan|shellshock-scan|gh0st|t3st|interact\.sh|katana|httpx -|naabu|subfinder|nettacker|wapiti|golismero|zeus-scanner|kxss|arjun|crlfuzz)\b/i;

/** Tools that gather addresses for unwanted mail or leave unwanted links, each by the name it gives itself. */
const harvesters =
  /^(?:TrackBack\/1\.02$|autoemailspider|Atomic_Email_Hunter|EmailCollector|EmailSiphon|EmailWolf|ExtractorPro|WebEMailExtrac|Mail Sweeper|NICErsPRO|CherryPicker|Telesoft)/i;

const scanners = new Remembered((agent): string | null => {
  const found = tools.exec(agent.slice(0, 1024)) ?? harvesters.exec(agent.slice(0, 64));
  return found?.[0].toLowerCase() ?? null;
});

/** The tool's name where an agent is one's own, or null. */
export const scannerOf = (agent: string): string | null => (agent === '' ? null : scanners.of(agent));
