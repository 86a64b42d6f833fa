// The script that runs in <head> before anything is drawn: what this browser remembers becomes attributes
// of <html>, so that neither the other theme nor the curtain flashes. Knows no React.

/** The keys are those of browser-storage.ts; a browser that refuses storage keeps the defaults. */
export const schemeScript = [
  'try{var d=document.documentElement.dataset,s=localStorage,t=s.getItem("coulisse.theme");',
  'if(t==="light"||t==="dark")d.theme=t;',
  'if(s.getItem("coulisse.started")==="yes")d.started=""}catch(e){}',
].join('');
